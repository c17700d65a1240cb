#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace millrace::data {

// Validity bits: bit i of word i/64, 1 = not null. Whole words may be read, also the last one; its
// bits behind the end are unspecified.

[[nodiscard]] inline bool get_bit(const std::uint64_t* words, std::size_t i) {
  return (words[i >> 6] >> (i & 63)) & 1;
}
inline void set_bit(std::uint64_t* words, std::size_t i) {
  words[i >> 6] |= std::uint64_t{1} << (i & 63);
}
inline void clear_bit(std::uint64_t* words, std::size_t i) {
  words[i >> 6] &= ~(std::uint64_t{1} << (i & 63));
}
[[nodiscard]] inline std::size_t bitmap_words(std::size_t bits) { return (bits + 63) / 64; }
[[nodiscard]] inline std::size_t bitmap_bytes(std::size_t bits) { return bitmap_words(bits) * 8; }
[[nodiscard]] inline std::size_t count_bits(const std::uint64_t* words, std::size_t bits) {
  std::size_t n = 0;
  for (std::size_t w = 0; w < bits / 64; ++w)
    n += static_cast<std::size_t>(std::popcount(words[w]));
  if (bits % 64 != 0) {
    const std::uint64_t rest = words[bits / 64] & ((std::uint64_t{1} << (bits % 64)) - 1);
    n += static_cast<std::size_t>(std::popcount(rest));
  }
  return n;
}

}  // namespace millrace::data
