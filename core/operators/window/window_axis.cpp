#include "core/operators/window/window_axis.hpp"

#include "core/expr/temporal/time_zone.hpp"

namespace millrace::operators {
namespace {

constexpr std::int64_t ms_per_second = 1000;

}  // namespace

result<window_axis> window_axis::local(const std::string& zone) {
  window_axis axis;
  MILLRACE_TRY(auto rules, expr::time_zone::find(zone));
  if (!rules->is_utc()) axis.zone_ = std::move(rules);
  return axis;
}

timestamp_ms window_axis::of_utc(timestamp_ms utc) const {
  return zone_ ? zone_->to_local(utc, ms_per_second) : utc;
}

timestamp_ms window_axis::to_utc(timestamp_ms time) const {
  return zone_ ? zone_->to_utc(time, ms_per_second) : time;
}

}  // namespace millrace::operators
