#include "core/data/civil_time.hpp"
#include "core/expr/resolve.hpp"
#include "core/expr/temporal/temporal.hpp"
#include "core/expr/temporal/units.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

// The first day of the period that holds `days`; weeks start on Sunday (Calcite's FLOOR TO WEEK).
std::int64_t floor_days(std::int64_t days, time_unit unit) {
  if (unit == time_unit::week) return days - data::floor_mod(days + 4, 7);
  const std::int64_t months = months_of(unit);
  if (months == 0) return days;
  const auto date = data::civil_from_days(days);
  if (months < 12) {
    const auto month = static_cast<std::int32_t>((date.month - 1) / months * months) + 1;
    return data::days_from_civil({date.year, month, 1});
  }
  const std::int64_t years = months / 12;
  // Centuries and millennia begin with year 1 (2001), decades and years with year 0.
  const std::int64_t shift = years >= 100 ? 1 : 0;
  const auto year = data::floor_div(date.year - shift, years) * years + shift;
  return data::days_from_civil({year, 1, 1});
}

std::int64_t next_period(std::int64_t first_day, time_unit unit) {
  if (unit == time_unit::week) return first_day + 7;
  const std::int64_t months = months_of(unit);
  return months == 0 ? first_day + 1 : data::add_months(first_day, months);
}

std::int64_t rounded(std::int64_t ticks, time_unit unit, std::int64_t per_second, bool up) {
  const std::int64_t ms = milliseconds_of(unit);
  if (ms != 0 && unit != time_unit::week) {
    const std::int64_t step = ms * (per_second / 1000);
    const auto low = data::floor_div(ticks, step) * step;
    return up && low != ticks ? low + step : low;
  }
  const std::int64_t per_day = per_second * data::seconds_per_day;
  const auto first = floor_days(data::floor_div(ticks, per_day), unit);
  const auto low = first * per_day;
  return up && low != ticks ? next_period(first, unit) * per_day : low;
}

template <bool Up>
result<data::column_ptr> round_time(const kernel_call& call) {
  const auto unit = unit_named(call.arguments[1]->text(0)).value_or(time_unit::day);
  MILLRACE_TRY(const auto times, local_times(call.arguments[0], call.context));
  if (times->type.id() == type_id::date) {
    const bool finer = milliseconds_of(unit) != 0 && unit != time_unit::week;
    const any_values<std::int32_t> in(*times);
    values_writer<std::int32_t> out(call.result_type, call.rows.stored);
    for_each_valid(call, [&](std::uint32_t row) {
      out.at[row] = finer ? in[row]
                          : static_cast<std::int32_t>(
                                rounded(in[row] * data::seconds_per_day * 1000, unit, 1000, Up) /
                                data::ms_per_day);
    });
    return data::column_ptr(out.column);
  }
  if (times->type.id() == type_id::time) {
    const any_values<std::int32_t> in(*times);
    values_writer<std::int32_t> out(call.result_type, call.rows.stored);
    for_each_valid(call, [&](std::uint32_t row) {
      out.at[row] = static_cast<std::int32_t>(rounded(in[row], unit, 1000, Up));
    });
    return data::column_ptr(out.column);
  }
  const bool zoned = times->type.id() == type_id::timestamp_ltz;
  MILLRACE_TRY(const auto zone, time_zone::find(zoned ? call.context.time_zone : "UTC"));
  const auto per_second = data::ticks_per_second(times->type.precision());
  const any_values<std::int64_t> in(*times);
  values_writer<std::int64_t> out(call.result_type, call.rows.stored);
  for_each_valid(call, [&](std::uint32_t row) {
    out.at[row] = zone->to_utc(rounded(in[row], unit, per_second, Up), per_second);
  });
  return data::column_ptr(out.column);
}

}  // namespace

result<scalar_overload> resolve_time_rounding(const call_site& site, bool up) {
  const auto unit = unit_named(literal_word(site, 1));
  const data_type& type = site.types[0];
  if (!unit || (months_of(*unit) == 0 && milliseconds_of(*unit) == 0))
    return make_error(errc::sql_bad_argument,
                      std::string(site.name) + " TO needs a unit such as YEAR, DAY or HOUR");
  if (!data::is_temporal(type.id())) return wrong_types(site, "FLOOR(time TO unit)");
  return strict({type, data_type::string()}, type, site, up ? round_time<true> : round_time<false>);
}

}  // namespace millrace::expr
