#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::data {

// Days and times of the proleptic Gregorian calendar as SQL has them: days since 1970-01-01,
// milliseconds of the day, ticks since 1970-01-01 00:00:00 (`ticks_per_second`). No zones, no leap
// seconds.

inline constexpr std::int64_t ms_per_day = 86'400'000;
inline constexpr std::int64_t seconds_per_day = 86'400;

/// Quotient rounded down; `by` > 0.
[[nodiscard]] constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}
/// Never negative; `by` > 0.
[[nodiscard]] constexpr std::int64_t floor_mod(std::int64_t value, std::int64_t by) {
  const std::int64_t rest = value % by;
  return rest < 0 ? rest + by : rest;
}

/// Month 1 to 12, day 1 to 31.
struct civil_date {
  std::int64_t year = 1970;
  std::int32_t month = 1;
  std::int32_t day = 1;
  friend constexpr bool operator==(const civil_date&, const civil_date&) = default;
};

[[nodiscard]] constexpr bool is_leap_year(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
[[nodiscard]] constexpr std::int32_t days_in_month(std::int64_t year, std::int32_t month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  // 31 and 30 take turns; the turn is missed once, between July and August.
  return 30 + ((month + (month > 7 ? 1 : 0)) & 1);
}

/// Days since 1970-01-01. Years start in March here, so that a leap day comes last; then the days
/// before month m of such a year are (153 m + 2) / 5.
[[nodiscard]] constexpr std::int64_t days_from_civil(civil_date d) {
  const std::int64_t year = d.year - (d.month <= 2 ? 1 : 0);
  const std::int64_t cycle = floor_div(year, 400);  // of 146,097 days
  const std::int64_t y = year - cycle * 400;
  const std::int64_t month = d.month + (d.month > 2 ? -3 : 9);
  const std::int64_t day_of_year = (153 * month + 2) / 5 + d.day - 1;
  return cycle * 146'097 + y * 365 + y / 4 - y / 100 + day_of_year - 719'468;
}

[[nodiscard]] constexpr civil_date civil_from_days(std::int64_t days) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t cycle = floor_div(shifted, 146'097);
  const std::int64_t day = shifted - cycle * 146'097;
  const std::int64_t y = (day - day / 1'460 + day / 36'524 - day / 146'096) / 365;
  const std::int64_t day_of_year = day - (365 * y + y / 4 - y / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  const auto real_month = static_cast<std::int32_t>(month < 10 ? month + 3 : month - 9);
  return {y + cycle * 400 + (real_month <= 2 ? 1 : 0), real_month,
          static_cast<std::int32_t>(day_of_year - (153 * month + 2) / 5 + 1)};
}

/// 1 = Sunday ... 7 = Saturday, as EXTRACT(DOW) counts.
[[nodiscard]] constexpr std::int32_t day_of_week(std::int64_t days) {
  return static_cast<std::int32_t>(floor_mod(days + 4, 7)) + 1;
}
/// 1 to 366.
[[nodiscard]] constexpr std::int32_t day_of_year(std::int64_t days) {
  return static_cast<std::int32_t>(days - days_from_civil({civil_from_days(days).year, 1, 1})) + 1;
}
/// Year and week of ISO 8601: weeks start on Monday, week 1 holds the year's first Thursday.
struct iso_week {
  std::int64_t year;
  std::int32_t week;
};
[[nodiscard]] constexpr iso_week iso_week_of(std::int64_t days) {
  const std::int64_t thursday = days - floor_mod(days + 3, 7) + 3;
  return {civil_from_days(thursday).year, (day_of_year(thursday) - 1) / 7 + 1};
}
/// `months` later; the day is cut to the month's last one (31 January + 1 month = 28 February).
[[nodiscard]] constexpr std::int64_t add_months(std::int64_t days, std::int64_t months) {
  const civil_date d = civil_from_days(days);
  const std::int64_t month = d.year * 12 + d.month - 1 + months;
  const std::int64_t year = floor_div(month, 12);
  const auto m = static_cast<std::int32_t>(floor_mod(month, 12)) + 1;
  const std::int32_t last = days_in_month(year, m);
  return days_from_civil({year, m, d.day < last ? d.day : last});
}

/// How many fraction digits of a second are printed.
enum class fraction_digits : std::uint8_t {
  all,     ///< as many as the type's precision says: what CAST to STRING gives
  needed,  ///< none behind the last that is not 0: the form of `--output json`
};

/// `2024-02-29`; years below 1000 are padded to four digits.
void append_date(std::string& out, std::int64_t days);
/// `12:34:56`, with a fraction of `precision` digits.
void append_time(std::string& out, std::int64_t ms_of_day, std::int32_t precision,
                 fraction_digits digits = fraction_digits::all);
/// `2024-02-29 12:34:56.789` of the ticks of a TIMESTAMP(precision).
void append_timestamp(std::string& out, std::int64_t ticks, std::int32_t precision,
                      fraction_digits digits = fraction_digits::all);

/// `y[-m[-d]]`, what follows a blank is dropped (so a timestamp's text will do); years 0 to 9999.
/// Gives days. Source: Flink's DateTimeUtils.parseDate, what CAST(text AS DATE) uses.
[[nodiscard]] std::optional<std::int32_t> parse_date(std::string_view text);
/// `h[:m[:s[.fraction]]]`. Gives milliseconds of the day; further digits are cut.
[[nodiscard]] std::optional<std::int32_t> parse_time(std::string_view text);
/// `yyyy-M-d[ H:m:s[.fraction up to 9]]`, nothing around it. A day behind its month's last, up to
/// 31, is cut to it; 24:00:00 is the next day. Gives ticks of TIMESTAMP(precision); digits beyond
/// the precision are cut. `nullopt` also outside of the range of the ticks. Source: Flink's
/// DateTimeUtils.parseTimestampData.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text,
                                                          std::int32_t precision);
/// Ticks of one precision in those of another; a loss is cut towards the past.
[[nodiscard]] std::int64_t rescale_ticks(std::int64_t ticks, std::int32_t from_precision,
                                         std::int32_t to_precision);

}  // namespace millrace::data
