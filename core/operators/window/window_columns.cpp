#include "core/operators/window/window_columns.hpp"

namespace millrace::operators {
namespace {

std::int64_t ticks_of(const data::data_type& type, timestamp_ms ms) {
  return ms * (data::ticks_per_second(type.precision()) / 1000);
}

}  // namespace

void append_time(data::column_builder& to, timestamp_ms ms) { to.append(ticks_of(to.type(), ms)); }

data::column_ptr constant_time(const data::data_type& type, timestamp_ms ms, std::uint32_t rows) {
  data::column_builder one(type, 1);
  append_time(one, ms);
  return data::constant_of(*one.finish(), 0, rows);
}

timestamp_ms property_value(plan::window_aggregate_spec::property p, const window_bounds& w,
                            const data::data_type& type, const window_axis& axis,
                            timestamp_ms now) {
  using property = plan::window_aggregate_spec::property;
  if (p == property::proc_time) return now;
  timestamp_ms value = w.end;
  if (p == property::window_start) value = w.start;
  if (p == property::window_time) value = w.end - 1;
  return type.id() == data::type_id::timestamp_ltz ? axis.to_utc(value) : value;
}

}  // namespace millrace::operators
