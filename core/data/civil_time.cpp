#include "core/data/civil_time.hpp"

#include "core/data/types.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::data {
namespace {

constexpr std::int64_t ten_to(std::int32_t n) {
  std::int64_t out = 1;
  for (; n > 0; --n) out *= 10;
  return out;
}

void append_padded(std::string& out, std::int64_t value, int width) {
  char text[20];
  char* at = text + sizeof text;
  for (auto rest = static_cast<std::uint64_t>(value); rest != 0 || width > 0; rest /= 10, --width)
    *--at = static_cast<char>('0' + rest % 10);
  out.append(at, static_cast<std::size_t>(text + sizeof text - at));
}

// `fraction` counts units of 10^-unit_digits seconds.
void append_fraction(std::string& out, std::int64_t fraction, std::int32_t unit_digits,
                     std::int32_t precision, fraction_digits digits) {
  std::int64_t value = precision <= unit_digits ? fraction / ten_to(unit_digits - precision)
                                                : fraction * ten_to(precision - unit_digits);
  if (digits == fraction_digits::needed)
    for (; precision > 0 && value % 10 == 0; value /= 10) --precision;
  if (precision <= 0) return;
  out += '.';
  append_padded(out, value, precision);
}

void append_clock(std::string& out, std::int64_t second_of_day) {
  append_padded(out, second_of_day / 3600, 2);
  out += ':';
  append_padded(out, second_of_day / 60 % 60, 2);
  out += ':';
  append_padded(out, second_of_day % 60, 2);
}

std::int32_t tick_digits(std::int32_t precision) {
  if (precision <= 3) return 3;
  return precision <= 6 ? 6 : 9;
}

// Reads a text from the front; `failed` stays set once something did not match.
struct reader {
  std::string_view text;
  bool failed = false;

  bool at(char c) const { return !text.empty() && text[0] == c; }
  bool skip(char c) {
    if (!at(c)) return false;
    text.remove_prefix(1);
    return true;
  }
  void expect(char c) { failed |= !skip(c); }
  std::int32_t number(std::size_t least, std::size_t most) {
    std::size_t n = 0;
    std::int32_t value = 0;
    for (; n < text.size() && n < most && text[n] >= '0' && text[n] <= '9'; ++n)
      value = value * 10 + (text[n] - '0');
    failed |= n < least;
    text.remove_prefix(n);
    return value;
  }
  // Up to nine digits as nanoseconds.
  std::int32_t nanoseconds() {
    const std::size_t before = text.size();
    const std::int32_t value = number(1, 9);
    const auto n = static_cast<std::int32_t>(before - text.size());
    return value * static_cast<std::int32_t>(ten_to(9 - n));
  }
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<std::int32_t> integer(std::string_view text) {
  text = trimmed(text);
  std::int32_t value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The text up to a separator; what follows stays in `text`, `more` tells whether there was one.
std::string_view split_off(std::string_view& text, char separator, bool& more) {
  const auto at = text.find(separator);
  more = at != std::string_view::npos;
  const std::string_view head = text.substr(0, at);
  text = more ? text.substr(at + 1) : std::string_view{};
  return head;
}

}  // namespace

void append_date(std::string& out, std::int64_t days) {
  const civil_date d = civil_from_days(days);
  if (d.year < 0) out += '-';
  append_padded(out, d.year < 0 ? -d.year : d.year, 4);
  out += '-';
  append_padded(out, d.month, 2);
  out += '-';
  append_padded(out, d.day, 2);
}

void append_time(std::string& out, std::int64_t ms_of_day, std::int32_t precision,
                 fraction_digits digits) {
  append_clock(out, ms_of_day / 1000);
  append_fraction(out, ms_of_day % 1000, 3, precision, digits);
}

void append_timestamp(std::string& out, std::int64_t ticks, std::int32_t precision,
                      fraction_digits digits) {
  const std::int64_t per_second = ticks_per_second(precision);
  const std::int64_t seconds = floor_div(ticks, per_second);
  append_date(out, floor_div(seconds, seconds_per_day));
  out += ' ';
  append_clock(out, floor_mod(seconds, seconds_per_day));
  append_fraction(out, floor_mod(ticks, per_second), tick_digits(precision), precision, digits);
}

std::optional<std::int32_t> parse_date(std::string_view text) {
  if (const auto blank = text.find(' '); blank != std::string_view::npos && blank > 0)
    text = text.substr(0, blank);
  bool more = false;
  const auto year = integer(split_off(text, '-', more));
  const auto month = more ? integer(split_off(text, '-', more)) : 1;
  const auto day = more ? integer(text) : 1;
  if (!year || !month || !day) return std::nullopt;
  if (*year < 0 || *year > 9999 || *month < 1 || *month > 12) return std::nullopt;
  if (*day < 1 || *day > days_in_month(*year, *month)) return std::nullopt;
  return static_cast<std::int32_t>(days_from_civil({*year, *month, *day}));
}

std::optional<std::int32_t> parse_time(std::string_view text) {
  reader in{trimmed(text)};
  const std::int32_t hour = in.number(1, 2);
  const std::int32_t minute = in.skip(':') ? in.number(1, 2) : 0;
  const std::int32_t second = in.skip(':') ? in.number(1, 2) : 0;
  std::int32_t nanos = 0;
  if (in.skip('.')) {
    nanos = in.nanoseconds();
    while (!in.text.empty() && in.text[0] >= '0' && in.text[0] <= '9') in.text.remove_prefix(1);
  }
  if (in.failed || !in.text.empty() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return ((hour * 60 + minute) * 60 + second) * 1000 + nanos / 1'000'000;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text, std::int32_t precision) {
  reader in{text};
  const std::int32_t year = in.number(4, 4);
  in.expect('-');
  const std::int32_t month = in.number(1, 2);
  in.expect('-');
  std::int32_t day = in.number(1, 2);
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  bool next_day = false;
  if (in.skip(' ')) {
    const std::int32_t hour = in.number(1, 2);
    in.expect(':');
    const std::int32_t minute = in.number(1, 2);
    in.expect(':');
    const std::int32_t second = in.number(1, 2);
    if (in.skip('.') && !in.text.empty()) nanos = in.nanoseconds();
    next_day = hour == 24 && minute == 0 && second == 0 && nanos == 0;
    if ((hour > 23 && !next_day) || minute > 59 || second > 59) return std::nullopt;
    seconds = (hour * 60 + minute) * 60 + second;
  }
  if (in.failed || !in.text.empty()) return std::nullopt;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  day = std::min(day, days_in_month(year, month));
  seconds += days_from_civil({year, month, day}) * seconds_per_day;
  const std::int64_t per_second = ticks_per_second(precision);
  std::int64_t ticks = 0;
  if (__builtin_mul_overflow(seconds, per_second, &ticks)) return std::nullopt;
  if (__builtin_add_overflow(ticks, nanos / (1'000'000'000 / per_second), &ticks))
    return std::nullopt;
  return floor_div(ticks, ten_to(tick_digits(precision) - precision)) *
         ten_to(tick_digits(precision) - precision);
}

std::int64_t rescale_ticks(std::int64_t ticks, std::int32_t from_precision,
                           std::int32_t to_precision) {
  const std::int32_t from = tick_digits(from_precision), to = tick_digits(to_precision);
  if (to > from) return ticks * ten_to(to - from);
  const std::int64_t cut = ten_to(from - to + (tick_digits(to_precision) - to_precision));
  return floor_div(ticks, cut) * ten_to(to - to_precision);
}

}  // namespace millrace::data
