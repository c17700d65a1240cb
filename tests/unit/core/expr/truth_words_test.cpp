#include "core/expr/kernel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>

namespace millrace::expr {
namespace {

std::uint64_t word_bit_by_bit(const std::uint8_t* at, std::uint32_t count) {
  std::uint64_t word = 0;
  for (std::uint32_t i = 0; i < count; ++i) word |= std::uint64_t{at[i] & 1U} << i;
  return word;
}

TEST(truth_words_test, gathers_the_lowest_bit_of_every_byte) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::array<std::uint8_t, 65> bytes;
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const std::uint8_t* unaligned = bytes.data() + 1;
    EXPECT_EQ(truth_word(unaligned, 64), word_bit_by_bit(unaligned, 64));
    const auto some = static_cast<std::uint32_t>(random() % 64);
    EXPECT_EQ(truth_word(unaligned, some), word_bit_by_bit(unaligned, some));
  }
}

TEST(truth_words_test, spreads_what_it_gathers) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t word = random();
    std::array<std::uint8_t, 64> bytes;
    spread_truth(word, bytes.data(), 64);
    EXPECT_EQ(truth_word(bytes.data(), 64), word);
  }
}

}  // namespace
}  // namespace millrace::expr
