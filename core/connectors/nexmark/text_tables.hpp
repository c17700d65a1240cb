#pragma once

#include "core/connectors/nexmark/random.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::connectors::nexmark {

/// Channel and address of a bid, laid out so that each is copied as one block of fixed size.
struct channel_entry {
  static constexpr std::size_t channel_room = 16;
  static constexpr std::size_t url_room = 80;
  char channel[12];  ///< copied 16 wide: the bytes behind it are the address's
  char url[80];
  std::uint8_t unused[2];
  std::uint8_t channel_size;
  std::uint8_t url_size;
};
static_assert(sizeof(channel_entry) == 96);

/// Random text and prices made once per source; rows copy from it. Immutable, shared by readers.
class text_tables {
 public:
  static constexpr std::uint32_t channels = 10'000;
  static constexpr std::uint32_t hot_channels = 4;
  /// Where a random piece of text may start.
  static constexpr std::uint32_t starts = 1u << 16;
  /// Bytes that may be read behind any piece.
  static constexpr std::size_t slack = 128;

  /// `longest`: bytes of the longest piece of `letters` that will be asked for.
  text_tables(std::uint64_t seed, std::size_t longest);

  /// The first `channels` entries are the ordinary ones, the last four the hot ones.
  [[nodiscard]] const channel_entry* channel(std::uint32_t i) const { return &channels_[i]; }
  /// Lower-case letters without blanks, from one of `starts` places on.
  [[nodiscard]] const char* letters(std::uint32_t start) const { return letters_.data() + start; }
  /// Letters of which every thirteenth is a blank.
  [[nodiscard]] const char* words(std::uint32_t start) const { return words_.data() + start; }
  [[nodiscard]] const char* four_digits(std::uint32_t number) const {
    return digits_.data() + std::size_t{4} * number;
  }
  /// A price in cents, log-uniform from 100 to 10^8.
  [[nodiscard]] std::int64_t price(std::uint64_t word) const {
    constexpr double slope = 6.0 * 2.302585092994045684 / (1 << 20) / (1 << 20);
    const auto low = static_cast<std::int64_t>((word >> 24) & 0xfffff);
    const double rest = 1.0 + slope * static_cast<double>(low);
    return static_cast<std::int64_t>(coarse_[word >> 54] * fine_[(word >> 44) & 1023] * rest + 0.5);
  }

 private:
  void fill_channels(std::uint64_t seed);

  std::vector<channel_entry> channels_;
  std::string letters_;
  std::string words_;
  std::string digits_;
  std::array<double, 1024> coarse_{};  // 100 * 10^(6 * i / 2^10)
  std::array<double, 1024> fine_{};    // 10^(6 * i / 2^20)
};

}  // namespace millrace::connectors::nexmark
