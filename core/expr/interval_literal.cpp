#include "core/expr/literals.hpp"
#include "core/expr/temporal/units.hpp"

#include <array>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

// Reads fields of digits and their separators one by one.
struct field_reader {
  std::string_view text;
  bool failed = false;

  std::int64_t number(std::size_t most_digits) {
    std::int64_t value = 0;
    std::size_t n = 0;
    while (n < text.size() && text[n] >= '0' && text[n] <= '9') {
      if (n < 18) value = value * 10 + (text[n] - '0');
      ++n;
    }
    failed |= n == 0 || n > most_digits;
    text.remove_prefix(n);
    return value;
  }
  void separator(char wanted) {
    failed |= text.empty() || text.front() != wanted;
    if (!text.empty()) text.remove_prefix(1);
  }
  // `.5` is 500 milliseconds; digits behind the third are dropped.
  std::int64_t milliseconds() {
    if (text.empty() || text.front() != '.') return 0;
    text.remove_prefix(1);
    std::int64_t ms = 0;
    std::size_t n = 0;
    for (; n < text.size() && text[n] >= '0' && text[n] <= '9'; ++n)
      if (n < 3) ms = ms * 10 + (text[n] - '0');
    failed |= n == 0;
    for (std::size_t k = n; k < 3; ++k) ms *= 10;
    text.remove_prefix(n);
    return ms;
  }
};

constexpr std::array<time_unit, 4> clock_units = {time_unit::day, time_unit::hour,
                                                  time_unit::minute, time_unit::second};

std::int64_t read_months(field_reader& in, time_unit from, time_unit to, std::size_t digits) {
  std::int64_t months = in.number(digits) * months_of(from);
  if (from != to) {
    in.separator('-');
    const auto rest = in.number(2);
    in.failed |= rest > 11;
    months += rest;
  }
  return months;
}

// Fields from DAY down to SECOND, as many as lie between the units.
std::int64_t read_milliseconds(field_reader& in, time_unit from, time_unit to, std::size_t digits) {
  static constexpr std::int64_t limits[] = {0, 24, 60, 60};
  std::int64_t ms = in.number(digits) * milliseconds_of(from);
  for (std::size_t i = 1; i < clock_units.size(); ++i) {
    if (clock_units[i] <= from || clock_units[i] > to) continue;
    in.separator(i == 1 ? ' ' : ':');
    const auto value = in.number(2);
    in.failed |= value >= limits[i];
    ms += value * milliseconds_of(clock_units[i]);
  }
  return to == time_unit::second ? ms + in.milliseconds() : ms;
}

error bad_interval(std::string_view text, std::string_view units) {
  return make_error(errc::sql_bad_literal,
                    "'" + std::string(text) + "' is no interval of " + std::string(units),
                    "Leading fields have 2 digits unless a precision is given: INTERVAL '110' "
                    "SECOND(3), INTERVAL '01:50' MINUTE TO SECOND.");
}

}  // namespace

result<data::column_ptr> interval_literal(std::string_view text, bool negative,
                                          std::string_view from, std::string_view to,
                                          std::int32_t precision) {
  const std::string units = std::string(from) + (to.empty() ? "" : " TO " + std::string(to));
  const auto first = unit_named(from), last = to.empty() ? first : unit_named(to);
  if (!first || !last) return bad_interval(text, units);
  field_reader in{text};
  if (text.starts_with('-') || text.starts_with('+')) {
    negative ^= text.front() == '-';
    in.text.remove_prefix(1);
  }
  const auto digits = static_cast<std::size_t>(precision);
  const bool months = months_of(*first) != 0;
  if (months != (months_of(*last) != 0) || (!months && milliseconds_of(*first) == 0))
    return bad_interval(text, units);
  const auto value = months ? read_months(in, *first, *last, digits)
                            : read_milliseconds(in, *first, *last, digits);
  if (in.failed || !in.text.empty()) return bad_interval(text, units);
  const data_type type(months ? type_id::interval_year_month : type_id::interval_day_time);
  return integer_literal(type, negative ? -value : value);
}

}  // namespace millrace::expr
