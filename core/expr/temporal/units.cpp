#include "core/expr/temporal/units.hpp"

#include "core/data/civil_time.hpp"

namespace millrace::expr {

std::optional<time_unit> unit_named(std::string_view word) {
  struct entry {
    std::string_view word;
    time_unit unit;
  };
  static constexpr entry units[] = {
      {"MILLENNIUM", time_unit::millennium},
      {"CENTURY", time_unit::century},
      {"DECADE", time_unit::decade},
      {"YEAR", time_unit::year},
      {"QUARTER", time_unit::quarter},
      {"MONTH", time_unit::month},
      {"WEEK", time_unit::week},
      {"DAY", time_unit::day},
      {"HOUR", time_unit::hour},
      {"MINUTE", time_unit::minute},
      {"SECOND", time_unit::second},
      {"MILLISECOND", time_unit::millisecond},
      {"MICROSECOND", time_unit::microsecond},
      {"NANOSECOND", time_unit::nanosecond},
      {"EPOCH", time_unit::epoch},
      {"DOW", time_unit::day_of_week},
      {"ISODOW", time_unit::iso_day_of_week},
      {"DOY", time_unit::day_of_year},
      {"ISOYEAR", time_unit::iso_year},
      {"FRAC_SECOND", time_unit::microsecond},
  };
  if (word.starts_with("SQL_TSI_")) word.remove_prefix(8);
  // INTERVAL literals and some dialects write the plural.
  if (word.size() > 3 && word.ends_with('S')) word.remove_suffix(1);
  for (const auto& e : units)
    if (e.word == word) return e.unit;
  return std::nullopt;
}

std::int64_t milliseconds_of(time_unit unit) {
  switch (unit) {
    case time_unit::week: return 7 * data::ms_per_day;
    case time_unit::day: return data::ms_per_day;
    case time_unit::hour: return 3'600'000;
    case time_unit::minute: return 60'000;
    case time_unit::second: return 1'000;
    case time_unit::millisecond: return 1;
    default: return 0;
  }
}

std::int64_t months_of(time_unit unit) {
  switch (unit) {
    case time_unit::millennium: return 12'000;
    case time_unit::century: return 1'200;
    case time_unit::decade: return 120;
    case time_unit::year: return 12;
    case time_unit::quarter: return 3;
    case time_unit::month: return 1;
    default: return 0;
  }
}

result<data::column_ptr> local_times(const data::column_ptr& times, const eval_context& context) {
  if (times->type.id() != data::type_id::timestamp_ltz) return times;
  MILLRACE_TRY(const auto zone, time_zone::find(context.time_zone));
  if (zone->is_utc()) return times;
  auto copy = std::make_shared<data::column>(*times);
  const std::uint32_t rows = times->stored();
  values_writer<std::int64_t> moved(times->type, rows);
  const auto per_second = data::ticks_per_second(times->type.precision());
  for (std::uint32_t i = 0; i < rows; ++i)
    moved.at[i] = zone->to_local(times->data<std::int64_t>()[i], per_second);
  copy->values = moved.column->values;
  return data::column_ptr(copy);
}

}  // namespace millrace::expr
