#pragma once

#include "core/plan/logical/logical_plan.hpp"

#include <cstdint>
#include <optional>

namespace millrace::plan {

/// Where a node's output carries the bounds of windows: made by a window function below it and
/// still whole.
struct window_columns {
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::optional<std::uint32_t> time;
  window_spec window;  ///< of the function; `time_column` is the function's input's
};

/// Source: Flink's RelMdWindowProperties, which windows survive which operator.
[[nodiscard]] std::optional<window_columns> window_columns_of(const logical_node& node);

/// True if the join matches equal window starts and equal window ends of both inputs.
[[nodiscard]] bool joins_windows(const logical_node& join);

}  // namespace millrace::plan
