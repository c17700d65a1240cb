#include "core/data/decimal.hpp"

#include <algorithm>

namespace millrace::data {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number's text taken apart: its digits without leading zeros, and the power of ten that the
// last one stands for.
struct number_parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;

  [[nodiscard]] std::size_t digits() const { return whole.size() + fraction.size(); }
  [[nodiscard]] char digit(std::size_t i) const {
    return i < whole.size() ? whole[i] : fraction[i - whole.size()];
  }
};

std::string_view take_digits(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  const std::string_view out = text.substr(0, n);
  text.remove_prefix(n);
  return out;
}

bool take_sign(std::string_view& text) {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return false;
  const bool negative = text[0] == '-';
  text.remove_prefix(1);
  return negative;
}

std::optional<std::int64_t> take_exponent(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
  text.remove_prefix(1);
  const bool negative = take_sign(text);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || !text.empty()) return std::nullopt;
  std::int64_t value = 0;
  // Far beyond any digit that counts, and far from overflow.
  for (const char c : digits) value = std::min<std::int64_t>(value * 10 + (c - '0'), 1'000'000'000);
  return negative ? -value : value;
}

std::optional<number_parts> split_number(std::string_view text) {
  number_parts out;
  out.negative = take_sign(text);
  out.whole = take_digits(text);
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    out.fraction = take_digits(text);
  }
  if (out.digits() == 0) return std::nullopt;
  const auto exponent = take_exponent(text);
  if (!exponent) return std::nullopt;
  out.exponent = *exponent - static_cast<std::int64_t>(out.fraction.size());
  return out;
}

}  // namespace

std::optional<int128> parse_decimal(std::string_view text, decimal_shape to) {
  const auto parts = split_number(text);
  if (!parts) return std::nullopt;
  const auto count = static_cast<std::int64_t>(parts->digits());
  const std::int64_t up = parts->exponent + to.scale;
  const std::int64_t kept = up < 0 ? count + up : count;  // digits that stay
  if (kept < 0) return int128{0};
  int128 value = 0;
  std::int64_t used = 0;  // without leading zeros
  for (std::int64_t i = 0; i < kept; ++i) {
    const int digit = parts->digit(static_cast<std::size_t>(i)) - '0';
    if (used != 0 || digit != 0) ++used;
    if (used > max_decimal_precision) return std::nullopt;
    value = value * 10 + digit;
  }
  if (kept < count && parts->digit(static_cast<std::size_t>(kept)) >= '5') ++value;
  if (up > 0 && value != 0) {
    if (used + up > max_decimal_precision) return std::nullopt;
    value *= pow10(static_cast<std::int32_t>(up));
  }
  if (!decimal_fits(value, to.precision)) return std::nullopt;
  return parts->negative ? -value : value;
}

void append_decimal(std::string& out, int128 value, std::int32_t scale) {
  auto rest =
      value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  char text[48];
  char* at = text + sizeof text;
  std::int32_t digits = 0;
  while (rest != 0 || digits <= scale) {
    if (digits == scale && scale != 0) *--at = '.';
    // Most values fit 64 bits, where division is cheap.
    if (rest >> 64 == 0) {
      const auto low = static_cast<std::uint64_t>(rest);
      *--at = static_cast<char>('0' + low % 10);
      rest = low / 10;
    } else {
      *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
      rest /= 10;
    }
    ++digits;
  }
  if (value < 0) *--at = '-';
  out.append(at, static_cast<std::size_t>(text + sizeof text - at));
}

}  // namespace millrace::data
