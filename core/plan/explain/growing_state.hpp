#pragma once

#include "core/plan/physical/physical_plan.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millrace::plan {

/// A sentence for every operator whose state grows as long as an input without an end goes on: by
/// the keys that it has met, or by its rows. `bounded` says whether a table's input has an end. Of
/// MATCH_RECOGNIZE without WITHIN the planner warns itself.
/// Source: Flink documentation, "Streaming Concepts", "State Management".
[[nodiscard]] std::vector<std::string> growing_state(
    const physical_plan& plan, const std::function<bool(const table_definition&)>& bounded);

}  // namespace millrace::plan
