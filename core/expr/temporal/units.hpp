#pragma once

#include "core/data/types.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/temporal/time_zone.hpp"

#include <optional>
#include <string_view>
#include <type_traits>

namespace millrace::expr {

/// Units of EXTRACT, FLOOR TO, TIMESTAMPADD and of intervals.
enum class time_unit : std::uint8_t {
  millennium,
  century,
  decade,
  year,
  quarter,
  month,
  week,
  day,
  hour,
  minute,
  second,
  millisecond,
  microsecond,
  nanosecond,
  epoch,
  day_of_week,
  iso_day_of_week,
  day_of_year,
  iso_year,
};

/// By its SQL name in upper case (`DAY`, `DOW`, `SQL_TSI_DAY`); empty for a word that is no unit.
[[nodiscard]] std::optional<time_unit> unit_named(std::string_view word);
/// Milliseconds of a unit from WEEK to MILLISECOND; 0 for others.
[[nodiscard]] std::int64_t milliseconds_of(time_unit unit);
/// Months of a unit from MILLENNIUM to MONTH; 0 for others.
[[nodiscard]] std::int64_t months_of(time_unit unit);

/// Calls `f` with the ticks per second of a precision as a compile-time constant, so that divisions
/// by it become multiplications.
template <class F>
decltype(auto) with_ticks(std::int32_t precision, F&& f) {
  if (precision <= 3) return f(std::integral_constant<std::int64_t, 1'000>());
  if (precision <= 6) return f(std::integral_constant<std::int64_t, 1'000'000>());
  return f(std::integral_constant<std::int64_t, 1'000'000'000>());
}

/// Local wall time of a date, time or timestamp column: TIMESTAMP_LTZ moved to the session zone,
/// everything else as it is. Error 3004 for an unknown session zone.
[[nodiscard]] result<data::column_ptr> local_times(const data::column_ptr& times,
                                                   const eval_context& context);

}  // namespace millrace::expr
