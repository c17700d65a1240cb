#pragma once

#include "core/data/column_builder.hpp"
#include "core/operators/window/window_axis.hpp"
#include "core/plan/physical/operator_specs.hpp"

namespace millrace::operators {

/// Appends a time (milliseconds) to a builder of a timestamp type of any precision.
void append_time(data::column_builder& to, timestamp_ms ms);
/// One value standing for `rows` rows of a timestamp type.
[[nodiscard]] data::column_ptr constant_time(const data::data_type& type, timestamp_ms ms,
                                             std::uint32_t rows);

/// What a window's properties are, in milliseconds of the axis.
struct window_bounds {
  timestamp_ms start = 0;
  timestamp_ms end = 0;
};
/// The value of a window property for a column of `type`: local where the type is TIMESTAMP, UTC
/// where it is TIMESTAMP_LTZ. `now` is for `proc_time`.
[[nodiscard]] timestamp_ms property_value(plan::window_aggregate_spec::property p,
                                          const window_bounds& w, const data::data_type& type,
                                          const window_axis& axis, timestamp_ms now);

}  // namespace millrace::operators
