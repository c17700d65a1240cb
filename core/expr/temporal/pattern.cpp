#include "core/expr/temporal/pattern.hpp"

#include <algorithm>
#include <array>

namespace millrace::expr {
namespace {

constexpr std::string_view supported = "GyuMLdDEeaHhKkmsSnqQwAXZ";
constexpr std::array<std::string_view, 12> month_names = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> day_names = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(char letter, std::uint8_t width) {
  if (letter == 0 || std::string_view("GEaXZ").find(letter) != std::string_view::npos) return false;
  return !((letter == 'M' || letter == 'L' || letter == 'e' || letter == 'q' || letter == 'Q') &&
           width >= 3);
}

void append_number(std::string& out, std::int64_t value, std::uint8_t width) {
  char digits[24];
  char* at = digits + sizeof digits;
  const bool negative = value < 0;
  auto rest = negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  while (digits + sizeof digits - at < width) *--at = '0';
  if (negative) out += '-';
  out.append(at, digits + sizeof digits);
}

// A moment taken apart.
struct moment {
  std::int64_t days;
  std::int64_t second_of_day;
  std::int64_t nanos;
  data::civil_date date;
};

void append_name(std::string& out, std::string_view name, std::uint8_t width) {
  out += width == 4 ? name : (width == 5 ? name.substr(0, 1) : name.substr(0, 3));
}

std::int64_t clock_number(char letter, const moment& m) {
  const std::int64_t hour = m.second_of_day / 3600;
  switch (letter) {
    case 'H': return hour;
    case 'k': return hour == 0 ? 24 : hour;
    case 'h': return hour % 12 == 0 ? 12 : hour % 12;
    case 'K': return hour % 12;
    case 'm': return m.second_of_day / 60 % 60;
    case 's': return m.second_of_day % 60;
    case 'n': return m.nanos;
    default: return m.second_of_day * 1000 + m.nanos / 1'000'000;
  }
}

void append_date_field(std::string& out, char letter, std::uint8_t width, const moment& m) {
  switch (letter) {
    case 'G': out += m.date.year > 0 ? "AD" : "BC"; break;
    case 'y':
    case 'u': {
      const auto year = letter == 'y' && m.date.year <= 0 ? 1 - m.date.year : m.date.year;
      append_number(out, width == 2 ? data::floor_mod(year, 100) : year, width);
      break;
    }
    case 'M':
    case 'L':
      if (width >= 3)
        append_name(out, month_names[static_cast<std::size_t>(m.date.month - 1)], width);
      else
        append_number(out, m.date.month, width);
      break;
    case 'd': append_number(out, m.date.day, width); break;
    case 'D': append_number(out, data::day_of_year(m.days), width); break;
    case 'w': append_number(out, data::iso_week_of(m.days).week, width); break;
    case 'q':
    case 'Q':
      if (width >= 3) out += 'Q';
      append_number(out, (m.date.month + 2) / 3, width >= 3 ? 1 : width);
      break;
    default: {
      const auto day = data::day_of_week(m.days);
      if (letter == 'e' && width <= 2)
        append_number(out, day, width);
      else
        append_name(out, day_names[static_cast<std::size_t>(day - 1)], width);
    }
  }
}

bool is_date_field(char letter) {
  return std::string_view("GyuMLdDEewqQ").find(letter) != std::string_view::npos;
}

void append_fraction(std::string& out, std::int64_t nanos, std::uint8_t width) {
  char digits[9];
  for (int i = 8; i >= 0; --i, nanos /= 10) digits[i] = static_cast<char>('0' + nanos % 10);
  out.append(digits, std::min<std::size_t>(width, 9));
}

/// What `parse` has read so far.
struct fields {
  std::int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t nanos = 0, half = -1, day_of_year = -1;
  bool half_hour = false;
};

bool same_letters(std::string_view text, std::string_view name) {
  return text.size() >= name.size() &&
         std::equal(name.begin(), name.end(), text.begin(),
                    [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

// Reads a name of a table, long or short; gives its index.
template <std::size_t N>
std::optional<std::int64_t> read_name(std::string_view& text,
                                      const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < N; ++i) {
    for (const auto form : {names[i], names[i].substr(0, 3)}) {
      if (!same_letters(text, form)) continue;
      text.remove_prefix(form.size());
      return static_cast<std::int64_t>(i);
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> read_number(std::string_view& text, std::size_t least, std::size_t most,
                                        bool sign) {
  const bool negative = sign && !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  std::int64_t value = 0;
  std::size_t n = 0;
  while (n < text.size() && n < most && is_digit(text[n])) value = value * 10 + (text[n++] - '0');
  if (n < least || n == 0) return std::nullopt;
  text.remove_prefix(n);
  return negative ? -value : value;
}

// `Z`, `+08`, `+0800` or `+08:00`, in seconds.
std::optional<std::int32_t> read_offset(std::string_view& text) {
  if (!text.empty() && text[0] == 'Z') {
    text.remove_prefix(1);
    return 0;
  }
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const std::int32_t sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = read_number(text, 2, 2, false);
  if (!hours) return std::nullopt;
  auto rest = text.starts_with(':') ? text.substr(1) : text;
  const auto minutes = read_number(rest, 2, 2, false);
  if (minutes) text = rest;
  return sign * static_cast<std::int32_t>(*hours * 3600 + minutes.value_or(0) * 60);
}

bool store(fields& f, char letter, std::uint8_t width, std::int64_t v) {
  switch (letter) {
    case 'y':
    case 'u': f.year = width == 2 ? 2000 + v : v; return true;
    case 'M':
    case 'L': f.month = v; return true;
    case 'd': f.day = v; return true;
    case 'D': f.day_of_year = v; return true;
    case 'H': f.hour = v; return true;
    case 'k': f.hour = v % 24; return true;
    case 'h':
      f.hour = v % 12;
      f.half_hour = true;
      return true;
    case 'K':
      f.hour = v;
      f.half_hour = true;
      return true;
    case 'm': f.minute = v; return true;
    case 's': f.second = v; return true;
    default: return true;
  }
}

bool in_range(const fields& f) {
  return f.month >= 1 && f.month <= 12 && f.day >= 1 && f.day <= 31 && f.hour <= 23 &&
         f.minute <= 59 && f.second <= 59 && f.year >= 0 && f.year <= 9999;
}

}  // namespace

result<time_pattern> time_pattern::make(std::string_view pattern) {
  time_pattern out;
  auto literal = [&](std::string_view text) {
    if (out.items_.empty() || out.items_.back().letter != 0) out.items_.push_back({});
    out.items_.back().text += text;
  };
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (c == '\'') {
      const auto end = pattern.find('\'', i + 1);
      if (end == i + 1)
        literal("'");
      else
        literal(pattern.substr(i + 1, end == std::string_view::npos ? end : end - i - 1));
      i = end == std::string_view::npos ? pattern.size() : end + 1;
    } else if (is_letter(c)) {
      const auto end = std::min(pattern.find_first_not_of(c, i), pattern.size());
      if (supported.find(c) == std::string_view::npos || end - i > 19) {
        return make_error(errc::runtime_bad_argument,
                          "the time pattern '" + std::string(pattern) + "' has the letter '" + c +
                              "' that is not supported",
                          "Quote text: yyyy-MM-dd'T'HH:mm:ss.");
      }
      out.items_.push_back({c, static_cast<std::uint8_t>(end - i), false, {}});
      i = end;
    } else {
      literal({&c, 1});
      ++i;
    }
  }
  for (std::size_t i = 0; i + 1 < out.items_.size(); ++i) {
    const item &a = out.items_[i], &b = out.items_[i + 1];
    out.items_[i].adjacent = is_number(a.letter, a.width) && is_number(b.letter, b.width);
  }
  return out;
}

void time_pattern::format(std::string& out, std::int64_t ticks, std::int64_t per_second) const {
  const auto seconds = data::floor_div(ticks, per_second);
  const auto days = data::floor_div(seconds, data::seconds_per_day);
  const moment m{days, seconds - days * data::seconds_per_day,
                 (ticks - seconds * per_second) * (1'000'000'000 / per_second),
                 data::civil_from_days(days)};
  for (const auto& i : items_) {
    if (i.letter == 0)
      out += i.text;
    else if (i.letter == 'S')
      append_fraction(out, m.nanos, i.width);
    else if (i.letter == 'a')
      out += m.second_of_day < 43'200 ? "AM" : "PM";
    else if (is_date_field(i.letter))
      append_date_field(out, i.letter, i.width, m);
    else
      append_number(out, clock_number(i.letter, m), i.width);
  }
}

std::int64_t time_pattern::period(std::int64_t per_second) const {
  std::int64_t least = data::seconds_per_day * per_second;
  for (const auto& i : items_) {
    if (i.letter == 'S' || i.letter == 'n' || i.letter == 'A') return 1;
    if (i.letter == 's')
      least = std::min(least, per_second);
    else if (i.letter == 'm')
      least = std::min(least, 60 * per_second);
    else if (i.letter != 0 && !is_date_field(i.letter))
      least = std::min(least, 3600 * per_second);
  }
  return least;
}

std::optional<time_pattern::parsed> time_pattern::parse(std::string_view text, bool lenient) const {
  fields f;
  std::optional<std::int32_t> offset;
  for (const auto& i : items_) {
    if (i.letter == 0) {
      if (!text.starts_with(i.text)) return std::nullopt;
      text.remove_prefix(i.text.size());
    } else if (i.letter == 'S') {
      std::int64_t unit = 100'000'000;
      std::size_t n = 0;
      for (; n < text.size() && n < i.width && is_digit(text[n]); ++n, unit /= 10)
        f.nanos += (text[n] - '0') * unit;
      if (n == 0 || (!lenient && n < i.width)) return std::nullopt;
      text.remove_prefix(n);
    } else if (i.letter == 'a') {
      if (!same_letters(text, "AM") && !same_letters(text, "PM")) return std::nullopt;
      f.half = (text[0] | 0x20) == 'p' ? 1 : 0;
      text.remove_prefix(2);
    } else if (i.letter == 'X' || i.letter == 'Z') {
      offset = read_offset(text);
      if (!offset) return std::nullopt;
    } else if (i.letter == 'E' || (i.letter == 'e' && i.width > 2)) {
      if (!read_name(text, day_names)) return std::nullopt;
    } else if (!is_number(i.letter, i.width) && (i.letter == 'M' || i.letter == 'L')) {
      const auto month = read_name(text, month_names);
      if (!month) return std::nullopt;
      f.month = *month + 1;
    } else {
      const bool year = i.letter == 'y' || i.letter == 'u';
      const std::size_t most = i.adjacent || (!lenient && i.width > 1 && !year) ? i.width
                               : year && i.width == 2 && !lenient               ? 2
                                                                                : 10;
      const std::size_t least = lenient && !i.adjacent ? 1 : i.width;
      const auto v = read_number(text, least, most, year && lenient);
      if (!v || !store(f, i.letter, i.width, *v)) return std::nullopt;
    }
  }
  if (!lenient && !text.empty()) return std::nullopt;
  if (f.half_hour && f.half == 1) f.hour += 12;
  if (!lenient) {
    if (!in_range(f)) return std::nullopt;
    // java.time's SMART mode: day 31 of a shorter month is its last.
    f.day = std::min<std::int64_t>(f.day,
                                   data::days_in_month(f.year, static_cast<std::int32_t>(f.month)));
  }
  const std::int64_t months = f.year * 12 + f.month - 1;
  std::int64_t days = data::days_from_civil(
      {data::floor_div(months, 12), static_cast<std::int32_t>(data::floor_mod(months, 12)) + 1, 1});
  if (f.day_of_year >= 0)
    days = data::days_from_civil({f.year, 1, 1}) + f.day_of_year - 1;
  else
    days += f.day - 1;
  return parsed{days * data::seconds_per_day + f.hour * 3600 + f.minute * 60 + f.second,
                static_cast<std::int32_t>(f.nanos), offset};
}

bool time_pattern::names_zone() const {
  return std::ranges::any_of(items_,
                             [](const item& i) { return i.letter == 'X' || i.letter == 'Z'; });
}

}  // namespace millrace::expr
