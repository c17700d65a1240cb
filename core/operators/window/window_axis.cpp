#include "core/operators/window/window_axis.hpp"

namespace millrace::operators {

struct window_axis::zone_rules {};

window_axis::window_axis() = default;
window_axis::~window_axis() = default;
window_axis::window_axis(window_axis&&) noexcept = default;
window_axis& window_axis::operator=(window_axis&&) noexcept = default;

result<window_axis> window_axis::local(const std::string&) { return window_axis(); }

timestamp_ms window_axis::of_utc(timestamp_ms utc) const { return utc; }
timestamp_ms window_axis::to_utc(timestamp_ms time) const { return time; }

}  // namespace millrace::operators
