#pragma once

#include "core/base/clock.hpp"
#include "core/plan/window.hpp"

#include <cstdint>

namespace millrace::operators {

/// Arithmetic of aligned windows (TUMBLE, HOP, CUMULATE) over *slices*: the longest stretches of
/// time that every window holds wholly or not at all. A slice is named by its end. All times are
/// milliseconds of the windows' own axis (local time for TIMESTAMP_LTZ). Source: Flink's slicing
/// windows (FLIP-145).
class window_slices {
 public:
  explicit window_slices(const plan::window_spec& w);

  [[nodiscard]] std::int64_t width() const { return width_; }
  /// End of the slice that a time lies in.
  [[nodiscard]] timestamp_ms slice_of(timestamp_ms t) const;
  /// Ends of the first and the last window that hold a slice. With HOP longer steps than windows
  /// leave gaps: then first > last.
  [[nodiscard]] timestamp_ms first_window(timestamp_ms slice) const;
  [[nodiscard]] timestamp_ms last_window(timestamp_ms slice) const;
  /// The end of the window behind the one that ends at `end`; CUMULATE: also after its last one.
  [[nodiscard]] timestamp_ms next_window(timestamp_ms end) const { return end + step_; }
  [[nodiscard]] timestamp_ms window_start(timestamp_ms end) const;
  /// End of the first slice of a window.
  [[nodiscard]] timestamp_ms first_slice(timestamp_ms window_end) const {
    return window_start(window_end) + width_;
  }
  /// True if windows share slices: then a window's result is merged from several.
  [[nodiscard]] bool overlapping() const { return kind_ != plan::window_kind::tumble; }
  [[nodiscard]] bool cumulative() const { return kind_ == plan::window_kind::cumulate; }

 private:
  plan::window_kind kind_;
  std::int64_t size_;
  std::int64_t step_;   // from one window's end to the next one's
  std::int64_t width_;  // of a slice
  std::int64_t offset_;
};

}  // namespace millrace::operators
