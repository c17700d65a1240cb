#include "core/data/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace millrace::data {
namespace {

using uint128 = unsigned __int128;

// Products of two decimals and scaled dividends need up to 256 bits.
struct wide {
  uint128 high;
  uint128 low;
};
struct quotient {
  uint128 value;
  uint128 rest;
};

constexpr uint128 low_half = std::numeric_limits<std::uint64_t>::max();

uint128 magnitude(int128 v) { return v < 0 ? -static_cast<uint128>(v) : static_cast<uint128>(v); }
uint128 power(std::int32_t exponent) { return static_cast<uint128>(pow10(exponent)); }

wide multiply(uint128 a, uint128 b) {
  const uint128 a_low = a & low_half, a_high = a >> 64;
  const uint128 b_low = b & low_half, b_high = b >> 64;
  const uint128 low = a_low * b_low;
  const uint128 cross = a_high * b_low + (low >> 64);
  const uint128 cross_2 = a_low * b_high + (cross & low_half);
  return {a_high * b_high + (cross >> 64) + (cross_2 >> 64), (cross_2 << 64) | (low & low_half)};
}

bool less(wide a, wide b) { return a.high != b.high ? a.high < b.high : a.low < b.low; }
wide plus(wide a, wide b) {
  const uint128 low = a.low + b.low;
  return {a.high + b.high + (low < a.low ? 1 : 0), low};
}
wide minus(wide a, wide b) { return {a.high - b.high - (a.low < b.low ? 1 : 0), a.low - b.low}; }

int leading_zeros(uint128 v) {
  const auto high = static_cast<std::uint64_t>(v >> 64);
  return high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll(static_cast<std::uint64_t>(v));
}

// One digit (base 2^64) of a long division: `rest` gets the next digit `next` behind it.
// `divisor` is normalised (top bit set) and above `rest`. Source: Knuth, TAOCP 2, algorithm D.
uint128 next_digit(uint128& rest, std::uint64_t next, uint128 divisor) {
  const uint128 d_high = divisor >> 64, d_low = divisor & low_half;
  uint128 guess = std::min(rest / d_high, low_half);
  uint128 left = rest - guess * d_high;
  while (left <= low_half && guess * d_low > ((left << 64) | next)) {
    --guess;
    left += d_high;
  }
  rest = ((rest << 64) | next) - guess * divisor;  // exact modulo 2^128
  return guess;
}

// Needs n.high < d, so that the quotient fits.
quotient divide(wide n, uint128 d) {
  if (n.high == 0) return {n.low / d, n.low % d};
  const int shift = leading_zeros(d);
  if (shift != 0) {
    n.high = (n.high << shift) | (n.low >> (128 - shift));
    n.low <<= shift;
    d <<= shift;
  }
  uint128 rest = n.high;
  const uint128 high = next_digit(rest, static_cast<std::uint64_t>(n.low >> 64), d);
  const uint128 low = next_digit(rest, static_cast<std::uint64_t>(n.low), d);
  return {(high << 64) | low, rest >> shift};
}

std::optional<int128> signed_fit(uint128 value, bool negative, std::int32_t precision) {
  if (value >= power(precision)) return std::nullopt;
  const auto v = static_cast<int128>(value);
  return negative ? -v : v;
}

wide divide_all(wide n, uint128 d) { return {n.high / d, divide({n.high % d, n.low}, d).value}; }

// Divides by 10^digits and rounds. The first digit cut off decides, so the rest may be dropped.
std::optional<uint128> cut(wide v, std::int32_t digits) {
  if (digits > 78) return uint128{0};  // more than 256 bits have
  for (; digits > 39; digits -= 38) v = divide_all(v, power(38));
  if (digits > 0) v = divide_all(v, power(digits - 1));
  if (v.high != 0) return std::nullopt;
  return digits > 0 ? v.low / 10 + (v.low % 10 >= 5 ? 1 : 0) : v.low;
}

decimal_shape limited(std::int32_t precision, std::int32_t scale) {
  if (precision <= max_decimal_precision) return {precision, scale};
  const std::int32_t whole = precision - scale;
  return {max_decimal_precision, std::max(max_decimal_precision - whole, std::min(scale, 6))};
}

}  // namespace

decimal_shape decimal_shape_of(const data_type& type) {
  switch (type.id()) {
    case type_id::decimal: return {type.precision(), type.scale()};
    case type_id::tinyint: return {3, 0};
    case type_id::smallint: return {5, 0};
    case type_id::integer: return {10, 0};
    case type_id::bigint: return {19, 0};
    default: return {38, 18};
  }
}

decimal_shape decimal_sum_shape(decimal_shape a, decimal_shape b) {
  const std::int32_t scale = std::max(a.scale, b.scale);
  return limited(std::max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
}

decimal_shape decimal_product_shape(decimal_shape a, decimal_shape b) {
  return limited(a.precision + b.precision + 1, a.scale + b.scale);
}

decimal_shape decimal_quotient_shape(decimal_shape a, decimal_shape b) {
  const std::int32_t scale = std::max(6, a.scale + b.precision + 1);
  return limited(a.precision - a.scale + b.scale + scale, scale);
}

decimal_shape decimal_remainder_shape(decimal_shape a, decimal_shape b) {
  const std::int32_t scale = std::max(a.scale, b.scale);
  return limited(std::min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
}

decimal_shape decimal_round_shape(decimal_shape a, std::int32_t digits) {
  if (digits >= a.scale) return a;
  if (digits < 0) return {std::min(max_decimal_precision, 1 + a.precision - a.scale), 0};
  return {1 + a.precision - a.scale + digits, digits};
}

std::optional<int128> decimal_rescale(int128 value, std::int32_t from_scale, decimal_shape to) {
  const std::int32_t up = to.scale - from_scale;
  int128 out = value;
  if (up > 0) {
    if (value != 0 && (up > 38 || __builtin_mul_overflow(value, pow10(up), &out)))
      return std::nullopt;
  } else if (up < 0) {
    const auto rounded = cut({0, magnitude(value)}, -up);
    out = value < 0 ? -static_cast<int128>(*rounded) : static_cast<int128>(*rounded);
  }
  if (!decimal_fits(out, to.precision)) return std::nullopt;
  return out;
}

std::optional<int128> decimal_add(int128 a, std::int32_t a_scale, int128 b, std::int32_t b_scale,
                                  decimal_shape to) {
  const std::int32_t scale = std::max(a_scale, b_scale);
  int128 x = 0, y = 0, sum = 0;
  if (!__builtin_mul_overflow(a, pow10(scale - a_scale), &x) &&
      !__builtin_mul_overflow(b, pow10(scale - b_scale), &y) && !__builtin_add_overflow(x, y, &sum))
    return decimal_rescale(sum, scale, to);
  if (to.scale > scale) return std::nullopt;
  const wide size_a = multiply(magnitude(a), power(scale - a_scale));
  const wide size_b = multiply(magnitude(b), power(scale - b_scale));
  const bool a_smaller = less(size_a, size_b);
  const wide size = (a < 0) == (b < 0) ? plus(size_a, size_b)
                    : a_smaller        ? minus(size_b, size_a)
                                       : minus(size_a, size_b);
  const auto rounded = cut(size, scale - to.scale);
  if (!rounded) return std::nullopt;
  return signed_fit(*rounded, (a_smaller ? b : a) < 0, to.precision);
}

std::optional<int128> decimal_subtract(int128 a, std::int32_t a_scale, int128 b,
                                       std::int32_t b_scale, decimal_shape to) {
  return decimal_add(a, a_scale, -b, b_scale, to);
}

std::optional<int128> decimal_multiply(int128 a, std::int32_t a_scale, int128 b,
                                       std::int32_t b_scale, decimal_shape to) {
  const std::int32_t scale = a_scale + b_scale;
  int128 product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return decimal_rescale(product, scale, to);
  if (to.scale > scale) return std::nullopt;
  const auto rounded = cut(multiply(magnitude(a), magnitude(b)), scale - to.scale);
  if (!rounded) return std::nullopt;
  return signed_fit(*rounded, (a < 0) != (b < 0), to.precision);
}

std::optional<int128> decimal_divide(int128 a, std::int32_t a_scale, int128 b, std::int32_t b_scale,
                                     decimal_shape to) {
  uint128 divisor = magnitude(b);
  std::int32_t up = to.scale - a_scale + b_scale;
  if (up < 0) {
    const wide scaled = up < -38 ? wide{1, 0} : multiply(divisor, power(-up));
    if (scaled.high != 0) return int128{0};
    divisor = scaled.low;
    up = 0;
  }
  uint128 value = magnitude(a) / divisor, rest = magnitude(a) % divisor;
  while (up > 0) {
    const std::int32_t step = std::min(up, max_decimal_precision);
    const wide scaled = multiply(value, power(step));
    const quotient more = divide(multiply(rest, power(step)), divisor);
    if (scaled.high != 0 || __builtin_add_overflow(scaled.low, more.value, &value))
      return std::nullopt;
    rest = more.rest;
    up -= step;
  }
  if (rest >= divisor - rest) ++value;
  return signed_fit(value, (a < 0) != (b < 0), to.precision);
}

std::optional<int128> decimal_remainder(int128 a, std::int32_t a_scale, int128 b,
                                        std::int32_t b_scale, decimal_shape to) {
  const std::int32_t scale = std::max(a_scale, b_scale);
  uint128 rest = magnitude(a);
  if (b_scale < scale) {
    const wide divisor = multiply(magnitude(b), power(scale - b_scale));
    if (divisor.high == 0) rest %= divisor.low;
  } else {
    const uint128 divisor = magnitude(b);
    rest = divide(multiply(rest % divisor, power(scale - a_scale)), divisor).rest;
  }
  const auto value = static_cast<int128>(rest);
  return decimal_rescale(a < 0 ? -value : value, scale, to);
}

int decimal_compare(int128 a, std::int32_t a_scale, int128 b, std::int32_t b_scale) {
  if ((a < 0) != (b < 0)) return a < 0 ? -1 : 1;
  const std::int32_t scale = std::max(a_scale, b_scale);
  const wide x = multiply(magnitude(a), power(scale - a_scale));
  const wide y = multiply(magnitude(b), power(scale - b_scale));
  if (!less(x, y) && !less(y, x)) return 0;
  return less(x, y) == (a >= 0) ? -1 : 1;
}

double decimal_to_double(int128 value, std::int32_t scale) {
  // Both operands are exact, so the one rounding of the division is the right one.
  constexpr int128 exact = int128{1} << 53;
  if (value <= exact && value >= -exact && scale <= 22)
    return static_cast<double>(value) / static_cast<double>(pow10(scale));
  std::string text;
  append_decimal(text, value, scale);
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::optional<int128> decimal_from_double(double value, decimal_shape to) {
  if (!std::isfinite(value)) return std::nullopt;
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return parse_decimal({text, static_cast<std::size_t>(end - text)}, to);
}

}  // namespace millrace::data
