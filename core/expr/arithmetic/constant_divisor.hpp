#pragma once

#include <bit>
#include <cstdint>

namespace millrace::expr {

/// Division of 64-bit integers by one divisor (not 0) that is known before the loop: a
/// multiplication and a shift in place of the division instruction (some 1 ns instead of 5).
/// Source: Granlund and Montgomery, "Division by Invariant Integers using Multiplication" (1994).
class constant_divisor {
 public:
  explicit constant_divisor(std::int64_t divisor)
      : magnitude_(divisor < 0 ? 0 - static_cast<std::uint64_t>(divisor)
                               : static_cast<std::uint64_t>(divisor)),
        sign_(divisor < 0 ? ~std::uint64_t{0} : 0) {
    const int bits = magnitude_ == 1 ? 1 : 64 - std::countl_zero(magnitude_ - 1);
    shift_ = bits - 1;
    const auto power = static_cast<unsigned __int128>(1) << (63 + bits);
    // The factor less 2^64: it has 65 bits.
    factor_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(power / magnitude_ + 1));
  }

  /// Rounded toward zero; wraps around for the smallest integer by -1.
  [[nodiscard]] std::int64_t quotient(std::int64_t n) const {
    return static_cast<std::int64_t>((by_magnitude(n) ^ sign_) - sign_);
  }
  /// With the dividend's sign.
  [[nodiscard]] std::int64_t remainder(std::int64_t n) const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(n) - by_magnitude(n) * magnitude_);
  }

 private:
  [[nodiscard]] std::uint64_t by_magnitude(std::int64_t n) const {
    const auto high = static_cast<std::uint64_t>((static_cast<__int128>(n) * factor_) >> 64);
    const auto sum = static_cast<std::int64_t>(high + static_cast<std::uint64_t>(n));
    return static_cast<std::uint64_t>(sum >> shift_) + (static_cast<std::uint64_t>(n) >> 63);
  }

  std::uint64_t magnitude_;
  std::uint64_t sign_;  // all ones for a negative divisor
  std::int64_t factor_;
  int shift_;
};

}  // namespace millrace::expr
