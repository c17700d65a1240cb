#pragma once

#include <cstdint>

namespace millrace::connectors::nexmark {

/// Bits that depend on (seed, event, lane) alone: no state, so any event can be made anywhere.
/// A multiply-xorshift finaliser over a Weyl sequence; passes for our use, not for cryptography.
[[nodiscard]] inline std::uint64_t random_word(std::uint64_t seed, std::uint64_t event,
                                               std::uint64_t lane) {
  std::uint64_t x = seed + event * 0x9e3779b97f4a7c15ULL + lane * 0xd1b54a32d192ed03ULL;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  return x;
}

/// Draws small numbers out of 32 random bits, one after the other: what a draw leaves over feeds
/// the next. Good for products of ranges up to about 2^20.
class dice {
 public:
  explicit dice(std::uint32_t bits) : bits_(bits) {}
  /// In [0, sides).
  [[nodiscard]] std::uint32_t roll(std::uint32_t sides) {
    const std::uint64_t product = std::uint64_t{bits_} * sides;
    bits_ = static_cast<std::uint32_t>(product);
    return static_cast<std::uint32_t>(product >> 32);
  }

 private:
  std::uint32_t bits_;
};

[[nodiscard]] inline dice low_dice(std::uint64_t word) {
  return dice(static_cast<std::uint32_t>(word));
}
[[nodiscard]] inline dice high_dice(std::uint64_t word) {
  return dice(static_cast<std::uint32_t>(word >> 32));
}

}  // namespace millrace::connectors::nexmark
