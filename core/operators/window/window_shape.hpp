#pragma once

#include "core/operators/keyed_input.hpp"
#include "core/operators/window/window_axis.hpp"
#include "core/operators/window/window_slices.hpp"
#include "core/plan/physical/operator_specs.hpp"

#include <optional>

namespace millrace::operators {

/// What the parts of a window aggregation know of its windows.
struct window_shape {
  plan::window_aggregate_spec spec;
  std::optional<window_slices> slices;  ///< absent: windows are columns of the input
  window_axis axis;
  sub_key_hasher hasher;  ///< of (slice end, group)

  [[nodiscard]] bool by_clock() const { return spec.window && spec.window->processing_time; }
  [[nodiscard]] bool global() const { return spec.phase == plan::aggregate_phase::global; }
};

}  // namespace millrace::operators
