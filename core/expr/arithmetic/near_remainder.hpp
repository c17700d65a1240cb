#pragma once

#include <bit>
#include <cstdint>

namespace millrace::expr {

/// Remainders of 64-bit integers near zero (up to 2^48) by one divisor of 32 bits, which is not 0:
/// in doubles, whose multiplication fits several rows into one instruction where that of 64-bit
/// integers does not. Every step but the quotient is exact, and the quotient is at most one off
/// until it is mended.
class near_remainder {
 public:
  explicit near_remainder(std::int32_t divisor)
      : magnitude_(divisor < 0 ? -static_cast<double>(divisor) : divisor),
        inverse_(1 / magnitude_) {}

  /// True if each of `count` integers is near enough.
  [[nodiscard]] static bool holds_for(const std::int64_t* values, std::uint32_t count) {
    std::uint64_t bits = 0;
    for (std::uint32_t i = 0; i < count; ++i)
      bits |= static_cast<std::uint64_t>(values[i] < 0 ? ~values[i] : values[i]);
    return bits < (std::uint64_t{1} << 48);
  }
  /// With the dividend's sign.
  [[nodiscard]] std::int32_t operator()(std::int64_t n) const {
    // Added to a number below 2^51, this leaves it in the lowest bits of the double.
    constexpr double shift = 0x1.8p52;
    constexpr auto shift_bits = std::bit_cast<std::int64_t>(shift);
    const double dividend = std::bit_cast<double>(n + shift_bits) - shift;
    const double quotient = (dividend * inverse_ + shift) - shift;
    const double rest = dividend - quotient * magnitude_;
    const double mend = dividend < 0 ? -magnitude_ : magnitude_;
    return static_cast<std::int32_t>(rest + (rest * mend < 0 ? mend : 0.0));
  }

 private:
  double magnitude_;
  double inverse_;
};

}  // namespace millrace::expr
