#pragma once

#include "core/base/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace millrace::operators {

/// The least and the greatest of some times; of none, crossed.
struct time_extent {
  timestamp_ms least = max_watermark;
  timestamp_ms most = min_watermark;

  void add(timestamp_ms time) {
    least = std::min(least, time);
    most = std::max(most, time);
  }
};

/// A plain loop that the compiler vectorizes.
[[nodiscard]] inline time_extent extent_of(const timestamp_ms* times, std::uint32_t count) {
  time_extent e;
  for (std::uint32_t i = 0; i < count; ++i) e.add(times[i]);
  return e;
}

}  // namespace millrace::operators
