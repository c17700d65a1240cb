#include "core/data/civil_time.hpp"
#include "core/expr/families.hpp"
#include "core/expr/resolve.hpp"
#include "core/expr/temporal/units.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

struct prepared_unit final : prepared_state {
  explicit prepared_unit(time_unit u) : unit(u) {}
  time_unit unit;
};

// Rounded up, away from zero: year 2001 begins millennium 3.
std::int64_t period_of(std::int64_t year, std::int64_t length) {
  return year > 0 ? (year + length - 1) / length : data::floor_div(year, length);
}

std::int64_t date_part(time_unit unit, std::int64_t days) {
  const auto date = data::civil_from_days(days);
  switch (unit) {
    case time_unit::millennium: return period_of(date.year, 1000);
    case time_unit::century: return period_of(date.year, 100);
    case time_unit::decade: return data::floor_div(date.year, 10);
    case time_unit::year: return date.year;
    case time_unit::quarter: return (date.month + 2) / 3;
    case time_unit::month: return date.month;
    case time_unit::day: return date.day;
    case time_unit::week: return data::iso_week_of(days).week;
    case time_unit::iso_year: return data::iso_week_of(days).year;
    case time_unit::day_of_year: return data::day_of_year(days);
    case time_unit::day_of_week: return data::day_of_week(days);
    default: return data::floor_mod(days + 3, 7) + 1;
  }
}

bool is_time_part(time_unit unit) { return unit >= time_unit::hour && unit <= time_unit::epoch; }

// Part of a count of ticks since 1970 (or of a day): out[row] = part(ticks).
template <class Ticks>
std::int64_t clock_part(time_unit unit, std::int64_t ticks, Ticks) {
  constexpr std::int64_t second = Ticks::value;
  switch (unit) {
    case time_unit::hour: return data::floor_mod(ticks, second * 86'400) / (second * 3'600);
    case time_unit::minute: return data::floor_mod(ticks, second * 3'600) / (second * 60);
    case time_unit::second: return data::floor_mod(ticks, second * 60) / second;
    case time_unit::millisecond: return data::floor_mod(ticks, second) / (second / 1'000);
    case time_unit::microsecond:
      return second >= 1'000'000 ? data::floor_mod(ticks, second * 60) / (second / 1'000'000)
                                 : data::floor_mod(ticks, second * 60) * (1'000'000 / second);
    case time_unit::nanosecond:
      return data::floor_mod(ticks, second * 60) * (1'000'000'000 / second);
    default: return data::floor_div(ticks, second);
  }
}

data::column_ptr parts_of_dates(const kernel_call& call, const data::column& c, time_unit unit) {
  values_writer<std::int64_t> out(call.result_type, call.rows.stored);
  const any_values<std::int32_t> in(c);
  if (unit == time_unit::epoch) {
    call.rows.for_each([&](std::uint32_t row) { out.at[row] = in[row] * data::seconds_per_day; });
  } else if (is_time_part(unit)) {
    std::memset(out.at, 0, sizeof(std::int64_t) * call.rows.stored);
  } else {
    call.rows.for_each([&](std::uint32_t row) { out.at[row] = date_part(unit, in[row]); });
  }
  return out.column;
}

template <class Ticks>
data::column_ptr parts_of_timestamps(const kernel_call& call, const data::column& c, time_unit unit,
                                     Ticks ticks) {
  values_writer<std::int64_t> out(call.result_type, call.rows.stored);
  const any_values<std::int64_t> in(c);
  if (unit == time_unit::hour) {
    // The unit of daily statistics gets a loop without a switch.
    call.rows.for_each(
        [&](std::uint32_t row) { out.at[row] = clock_part(time_unit::hour, in[row], ticks); });
  } else if (is_time_part(unit)) {
    call.rows.for_each([&](std::uint32_t row) { out.at[row] = clock_part(unit, in[row], ticks); });
  } else {
    // Rows lie on few days: the part is computed when the day changes.
    std::int64_t day = INT64_MIN, part = 0;
    call.rows.for_each([&](std::uint32_t row) {
      const auto d = data::floor_div(in[row], Ticks::value * data::seconds_per_day);
      if (d != day) part = date_part(unit, day = d);
      out.at[row] = part;
    });
  }
  return out.column;
}

data::column_ptr parts_of_times(const kernel_call& call, const data::column& c, time_unit unit) {
  values_writer<std::int64_t> out(call.result_type, call.rows.stored);
  const any_values<std::int32_t> in(c);
  const std::integral_constant<std::int64_t, 1'000> ms;
  call.rows.for_each([&](std::uint32_t row) { out.at[row] = clock_part(unit, in[row], ms); });
  return out.column;
}

// Whole units of an interval, with its sign.
data::column_ptr parts_of_intervals(const kernel_call& call, const data::column& c,
                                    time_unit unit) {
  values_writer<std::int64_t> out(call.result_type, call.rows.stored);
  const any_values<std::int64_t> in(c);
  const bool months = c.type.id() == type_id::interval_year_month;
  call.rows.for_each([&](std::uint32_t row) {
    const std::int64_t v = in[row];
    if (months) {
      out.at[row] = unit == time_unit::month     ? v % 12
                    : unit == time_unit::quarter ? v % 12 / 3 + 1
                    : unit == time_unit::year    ? v / 12
                                                 : 0;
    } else if (unit == time_unit::day) {
      out.at[row] = v / data::ms_per_day;
    } else if (unit == time_unit::hour) {
      out.at[row] = v % data::ms_per_day / 3'600'000;
    } else if (unit == time_unit::minute) {
      out.at[row] = v % 3'600'000 / 60'000;
    } else if (unit == time_unit::second) {
      out.at[row] = v % 60'000 / 1'000;
    } else {
      out.at[row] = unit == time_unit::epoch ? v / 1'000 : v % 60'000;
    }
  });
  return out.column;
}

result<data::column_ptr> extract(const kernel_call& call) {
  const auto unit = static_cast<const prepared_unit*>(call.prepared)->unit;
  MILLRACE_TRY(const auto times, local_times(call.arguments.back(), call.context));
  switch (times->type.id()) {
    case type_id::date: return parts_of_dates(call, *times, unit);
    case type_id::time: return parts_of_times(call, *times, unit);
    case type_id::interval_day_time:
    case type_id::interval_year_month: return parts_of_intervals(call, *times, unit);
    default: break;
  }
  return with_ticks(times->type.precision(),
                    [&](auto ticks) { return parts_of_timestamps(call, *times, unit, ticks); });
}

result<std::shared_ptr<const prepared_state>> prepare_unit(
    const scalar_overload&, std::span<const data::column_ptr> arguments, const eval_context&) {
  return std::shared_ptr<const prepared_state>(
      std::make_shared<prepared_unit>(*unit_named(arguments[0]->text(0))));
}

template <time_unit Unit>
result<std::shared_ptr<const prepared_state>> prepare_fixed(const scalar_overload&,
                                                            std::span<const data::column_ptr>,
                                                            const eval_context&) {
  return std::shared_ptr<const prepared_state>(std::make_shared<prepared_unit>(Unit));
}

// What the part is taken from; text is read as a timestamp.
result<data_type> source_type(const call_site& site, const data_type& type) {
  if (is_text(type) || type.id() == type_id::null) return data_type::timestamp(3);
  if (data::is_temporal(type.id()) || is_interval(type)) return type;
  return wrong_types(site, "EXTRACT(unit FROM time)");
}

result<scalar_overload> resolve_extract(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  if (!unit_named(literal_word(site, 0)))
    return make_error(errc::sql_bad_argument, "EXTRACT needs a unit such as YEAR, DAY or HOUR");
  MILLRACE_TRY(const auto type, source_type(site, site.types[1]));
  auto o = strict({data_type::string(), type}, of(type_id::bigint), site, extract);
  o.prepare = prepare_unit;
  return o;
}

template <time_unit Unit>
result<scalar_overload> resolve_part(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  MILLRACE_TRY(const auto type, source_type(site, site.types[0]));
  auto o = strict({type}, of(type_id::bigint), site, extract);
  o.prepare = prepare_fixed<Unit>;
  return o;
}

constexpr std::string_view family = "temporal";

constexpr scalar_function table[] = {
    {"EXTRACT", family, "EXTRACT(unit FROM time)", "A part of a time or an interval as a number.",
     resolve_extract},
    {"YEAR", family, "YEAR(date)", "EXTRACT(YEAR FROM date).", resolve_part<time_unit::year>},
    {"QUARTER", family, "QUARTER(date)", "1 to 4.", resolve_part<time_unit::quarter>},
    {"MONTH", family, "MONTH(date)", "1 to 12.", resolve_part<time_unit::month>},
    {"WEEK", family, "WEEK(date)", "Week of ISO 8601, 1 to 53.", resolve_part<time_unit::week>},
    {"DAYOFYEAR", family, "DAYOFYEAR(date)", "1 to 366.", resolve_part<time_unit::day_of_year>},
    {"DAYOFMONTH", family, "DAYOFMONTH(date)", "1 to 31.", resolve_part<time_unit::day>},
    {"DAYOFWEEK", family, "DAYOFWEEK(date)", "1 for Sunday to 7.",
     resolve_part<time_unit::day_of_week>},
    {"HOUR", family, "HOUR(timestamp)", "0 to 23.", resolve_part<time_unit::hour>},
    {"MINUTE", family, "MINUTE(timestamp)", "0 to 59.", resolve_part<time_unit::minute>},
    {"SECOND", family, "SECOND(timestamp)", "0 to 59.", resolve_part<time_unit::second>},
};

}  // namespace

std::span<const scalar_function> extract_functions() { return table; }

}  // namespace millrace::expr
