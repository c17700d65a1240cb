#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <memory>
#include <string>

namespace millrace::expr {
class time_zone;
}

namespace millrace::operators {

/// Milliseconds of the time axis that windows are cut on: UTC, or for TIMESTAMP_LTZ the session
/// zone's local time, so that a day's window is 23 or 25 hours long when clocks change.
class window_axis {
 public:
  /// The UTC axis.
  window_axis() = default;
  /// Local time of a zone: an IANA name or an offset. Errors: 3004 for a zone that is not known.
  [[nodiscard]] static result<window_axis> local(const std::string& zone);

  [[nodiscard]] timestamp_ms of_utc(timestamp_ms utc) const;
  /// UTC of a local time: the earlier of two, or shifted forward where clocks skip it.
  [[nodiscard]] timestamp_ms to_utc(timestamp_ms time) const;
  /// True if a window that ends at `end` has closed at a watermark (UTC).
  [[nodiscard]] bool closed(timestamp_ms end, timestamp_ms watermark) const {
    return watermark != min_watermark && to_utc(end - 1) <= watermark;
  }

 private:
  std::shared_ptr<const expr::time_zone> zone_;  // null: UTC
};

}  // namespace millrace::operators
