#pragma once

#include "core/data/types.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::data {

// A DECIMAL(p, s) is a 128-bit integer, its value times 10^s, below 10^p in magnitude. What does
// not fit is `nullopt`: Flink makes it NULL. Rounding is HALF_UP, away from zero at the half.

inline constexpr std::int32_t max_decimal_precision = 38;

namespace detail {
constexpr std::array<int128, 39> make_powers_of_ten() {
  std::array<int128, 39> out{};
  out[0] = 1;
  for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * 10;
  return out;
}
inline constexpr std::array<int128, 39> powers_of_ten = make_powers_of_ten();
}  // namespace detail

/// 10^exponent, 0 <= exponent <= 38.
[[nodiscard]] constexpr int128 pow10(std::int32_t exponent) {
  return detail::powers_of_ten[static_cast<std::size_t>(exponent)];
}

/// Precision and scale of a DECIMAL.
struct decimal_shape {
  std::int32_t precision;
  std::int32_t scale;
  friend bool operator==(const decimal_shape&, const decimal_shape&) = default;
};

/// The shape that holds every value of an exact numeric type: DECIMAL's own, INT (10, 0), ...;
/// (38, 18) for others.
[[nodiscard]] decimal_shape decimal_shape_of(const data_type& type);

// Shapes of results. Above 38 digits the fraction gives way, down to min(scale, 6) digits. Source:
// Flink's LogicalTypeMerging.
/// Sum and difference.
[[nodiscard]] decimal_shape decimal_sum_shape(decimal_shape a, decimal_shape b);
[[nodiscard]] decimal_shape decimal_product_shape(decimal_shape a, decimal_shape b);
[[nodiscard]] decimal_shape decimal_quotient_shape(decimal_shape a, decimal_shape b);
[[nodiscard]] decimal_shape decimal_remainder_shape(decimal_shape a, decimal_shape b);
/// ROUND(x, digits) of a constant number of digits.
[[nodiscard]] decimal_shape decimal_round_shape(decimal_shape a, std::int32_t digits);

[[nodiscard]] constexpr bool decimal_fits(int128 value, std::int32_t precision) {
  return value < pow10(precision) && value > -pow10(precision);
}

/// Moves a value from one scale to another; `nullopt` when it has more than `to.precision` digits.
[[nodiscard]] std::optional<int128> decimal_rescale(int128 value, std::int32_t from_scale,
                                                    decimal_shape to);

// Operands at their scales, the result in the shape `to`.
[[nodiscard]] std::optional<int128> decimal_add(int128 a, std::int32_t a_scale, int128 b,
                                                std::int32_t b_scale, decimal_shape to);
[[nodiscard]] std::optional<int128> decimal_subtract(int128 a, std::int32_t a_scale, int128 b,
                                                     std::int32_t b_scale, decimal_shape to);
[[nodiscard]] std::optional<int128> decimal_multiply(int128 a, std::int32_t a_scale, int128 b,
                                                     std::int32_t b_scale, decimal_shape to);
/// `b` must not be 0: the caller reports division by zero.
[[nodiscard]] std::optional<int128> decimal_divide(int128 a, std::int32_t a_scale, int128 b,
                                                   std::int32_t b_scale, decimal_shape to);
/// Sign of the dividend; `b` must not be 0.
[[nodiscard]] std::optional<int128> decimal_remainder(int128 a, std::int32_t a_scale, int128 b,
                                                      std::int32_t b_scale, decimal_shape to);
/// -1, 0, 1 by value; scales may differ.
[[nodiscard]] int decimal_compare(int128 a, std::int32_t a_scale, int128 b, std::int32_t b_scale);

/// The nearest double.
[[nodiscard]] double decimal_to_double(int128 value, std::int32_t scale);
/// The shortest decimal text of the double, rounded to the shape (Java's BigDecimal.valueOf);
/// `nullopt` for NaN and infinities too.
[[nodiscard]] std::optional<int128> decimal_from_double(double value, decimal_shape to);

/// `[+-]digits[.digits][e[+-]digits]` without blanks, any number of digits.
[[nodiscard]] std::optional<int128> parse_decimal(std::string_view text, decimal_shape to);
/// `-12.30` with exactly `scale` fraction digits.
void append_decimal(std::string& out, int128 value, std::int32_t scale);

}  // namespace millrace::data
