#include "core/connectors/formats/text_values.hpp"

#include "core/data/civil_time.hpp"
#include "core/data/decimal.hpp"

#include <fast_float/fast_float.h>

#include <array>
#include <charconv>
#include <cstring>

namespace millrace::connectors::formats {
namespace {

constexpr char base64_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::uint8_t, 256> make_base64_values() {
  std::array<std::uint8_t, 256> out{};
  for (auto& v : out) v = 255;
  for (std::uint8_t i = 0; i < 64; ++i) out[static_cast<unsigned char>(base64_letters[i])] = i;
  return out;
}
constexpr auto base64_values = make_base64_values();

// Two digits as a number, 100 or more if one is none.
inline unsigned two_digits(const char* p) {
  const auto a = static_cast<unsigned>(static_cast<unsigned char>(p[0]) - '0');
  const auto b = static_cast<unsigned>(static_cast<unsigned char>(p[1]) - '0');
  return a > 9 || b > 9 ? 1000u : a * 10 + b;
}

// Seconds of the day at the front of `HH:mm:ss`; -1 if it is none.
std::int32_t second_of_day(const char* p) {
  const unsigned h = two_digits(p);
  const unsigned m = two_digits(p + 3);
  const unsigned s = two_digits(p + 6);
  if (h > 23 || m > 59 || s > 59 || p[2] != ':' || p[5] != ':') return -1;
  return static_cast<std::int32_t>(h * 3600 + m * 60 + s);
}

// `.digits`, up to nine of them, or nothing; nanoseconds.
std::optional<std::int64_t> parse_fraction(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != '.' || text.size() > 10) return std::nullopt;
  std::int64_t nanos = 0;
  for (std::size_t i = 1; i < 10; ++i) {
    const unsigned digit = i < text.size() ? static_cast<unsigned>(text[i] - '0') : 0u;
    if (digit > 9) return std::nullopt;
    nanos = nanos * 10 + digit;
  }
  return nanos;
}

template <class Real>
std::optional<Real> parse_real(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  std::string_view digits = text;
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  if (digits == "NaN") return std::numeric_limits<Real>::quiet_NaN();
  if (digits == "Infinity")
    return negative ? -std::numeric_limits<Real>::infinity()
                    : std::numeric_limits<Real>::infinity();
  if (digits.size() > 1 && std::strchr("dDfF", digits.back()) != nullptr) digits.remove_suffix(1);
  // fast_float also takes `inf`, `nan` and such, which Java does not.
  if (digits.empty() || (digits[0] != '.' && (digits[0] < '0' || digits[0] > '9')))
    return std::nullopt;
  Real value = 0;
  const auto [end, bad] =
      fast_float::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size() ||
      (bad != std::errc{} && bad != std::errc::result_out_of_range))
    return std::nullopt;
  return negative ? -value : value;
}

}  // namespace

template <class Int>
std::optional<Int> parse_integer(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Int value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}
template std::optional<std::int8_t> parse_integer(std::string_view);
template std::optional<std::int16_t> parse_integer(std::string_view);
template std::optional<std::int32_t> parse_integer(std::string_view);
template std::optional<std::int64_t> parse_integer(std::string_view);

std::optional<double> parse_double(std::string_view text) { return parse_real<double>(text); }
std::optional<float> parse_float(std::string_view text) { return parse_real<float>(text); }

std::optional<std::int32_t> parse_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const unsigned high = two_digits(text.data());
  const unsigned low = two_digits(text.data() + 2);
  const unsigned month = two_digits(text.data() + 5);
  const unsigned day = two_digits(text.data() + 8);
  if (high > 99 || low > 99 || month < 1 || month > 12 || day < 1) return std::nullopt;
  const data::civil_date date{high * 100 + low, static_cast<std::int32_t>(month),
                              static_cast<std::int32_t>(day)};
  if (date.day > data::days_in_month(date.year, date.month)) return std::nullopt;
  return static_cast<std::int32_t>(data::days_from_civil(date));
}

std::optional<std::int32_t> parse_iso_time(std::string_view text) {
  if (text.size() < 8) return std::nullopt;
  const std::int32_t seconds = second_of_day(text.data());
  const auto nanos = parse_fraction(text.substr(8));
  if (seconds < 0 || !nanos) return std::nullopt;
  return seconds * 1000 + static_cast<std::int32_t>(*nanos / 1'000'000);
}

std::optional<std::int64_t> timestamp_parser::parse(std::string_view text, std::int32_t precision,
                                                    bool utc) {
  if (utc) {
    if (text.empty() || text.back() != 'Z') return std::nullopt;
    text.remove_suffix(1);
  }
  if (text.size() < 16 || text[10] != separator_) return std::nullopt;
  if (std::memcmp(text.data(), last_date_, 10) != 0) {
    const auto days = parse_iso_date(text.substr(0, 10));
    if (!days) return std::nullopt;
    last_days_ = *days;
    std::memcpy(last_date_, text.data(), 10);
  }
  std::int32_t seconds = -1;
  std::string_view fraction;
  if (text.size() >= 19) {
    seconds = second_of_day(text.data() + 11);
    fraction = text.substr(19);
  } else if (text.size() == 16 && standard_ == standard::iso_8601) {
    const unsigned h = two_digits(text.data() + 11);
    const unsigned m = two_digits(text.data() + 14);
    if (h < 24 && m < 60 && text[13] == ':') seconds = static_cast<std::int32_t>(h * 3600 + m * 60);
  }
  const auto nanos = parse_fraction(fraction);
  if (seconds < 0 || !nanos) return std::nullopt;
  const std::int64_t ticks = data::ticks_per_second(precision);
  const std::int64_t whole = last_days_ * data::seconds_per_day + seconds;
  std::int64_t out = 0;
  if (__builtin_mul_overflow(whole, ticks, &out)) return std::nullopt;
  // Ticks may be finer than the precision (TIMESTAMP(2) counts milliseconds): cut to its digits.
  std::int64_t step = 1'000'000'000;
  for (std::int32_t i = 0; i < precision; ++i) step /= 10;
  return out + (*nanos - *nanos % step) / (1'000'000'000 / ticks);
}

bool decode_base64(std::string_view text, std::string& to) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return false;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::uint8_t value = base64_values[static_cast<unsigned char>(c)];
    if (value == 255) return false;
    bits = bits << 6 | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    to += static_cast<char>(bits >> held & 0xff);
  }
  return true;
}

void append_base64(std::string& to, std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      to += k <= have ? base64_letters[bits >> (18 - 6 * k) & 63] : '=';
  }
}

std::string_view trimmed(std::string_view text) {
  // As Java's String.trim: everything up to the blank goes.
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

namespace {

template <class T>
bool append_some(data::column_builder& to, std::optional<T> value) {
  if (value) to.append(*value);
  return value.has_value();
}

bool equals_true(std::string_view text) {
  constexpr std::string_view lower = "true";
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i)
    if ((text[i] | 0x20) != lower[i]) return false;
  return true;
}

bool append_decimal(data::column_builder& to, std::string_view text) {
  const auto& type = to.type();
  const auto value = data::parse_decimal(text, {type.precision(), type.scale()});
  if (value) return append_some(to, value);
  if (!parse_double(text)) return false;
  to.append_null();
  return true;
}

bool append_bytes(data::column_builder& to, std::string_view text) {
  std::string bytes;
  if (!decode_base64(text, bytes)) return false;
  to.append_text(bytes);
  return true;
}

}  // namespace

bool append_scalar(data::column_builder& to, std::string_view text, timestamp_parser& timestamps) {
  using enum data::type_id;
  switch (const auto& type = to.type(); type.id()) {
    case character:
    case varchar: to.append_text(text); return true;
    case boolean:
      to.append(static_cast<std::uint8_t>(equals_true(trimmed(text)) ? 1 : 0));
      return true;
    case tinyint: return append_some(to, parse_integer<std::int8_t>(trimmed(text)));
    case smallint: return append_some(to, parse_integer<std::int16_t>(trimmed(text)));
    case integer:
    case interval_year_month: {
      const auto value = parse_integer<std::int32_t>(trimmed(text));
      if (type.id() == integer) return append_some(to, value);
      return append_some(to, value ? std::optional<std::int64_t>(*value) : std::nullopt);
    }
    case bigint:
    case interval_day_time: return append_some(to, parse_integer<std::int64_t>(trimmed(text)));
    case float32: return append_some(to, parse_float(trimmed(text)));
    case float64: return append_some(to, parse_double(trimmed(text)));
    case decimal: return append_decimal(to, trimmed(text));
    case date: return append_some(to, parse_iso_date(text));
    case time: return append_some(to, parse_iso_time(text));
    case timestamp: return append_some(to, timestamps.parse(text, type.precision(), false));
    case timestamp_ltz: return append_some(to, timestamps.parse(text, type.precision(), true));
    case binary:
    case varbinary: return append_bytes(to, text);
    default: return false;
  }
}

}  // namespace millrace::connectors::formats
