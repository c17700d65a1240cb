#pragma once

#include "core/base/result.hpp"
#include "core/plan/catalog.hpp"
#include "core/plan/logical/logical_plan.hpp"
#include "core/plan/physical/physical_plan.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace millrace::plan {

/// What planning reads besides the query. Borrowed for the length of the call.
struct planning_input {
  /// Roots with a `sink_node` each; a statement set has several, which share equal sub-plans.
  std::vector<logical_ptr> sinks;
  option_map options;
  std::function<result<table_traits>(const table_definition&)> traits;
  /// Where the statement begins: the place of refusals that know no narrower one.
  std::optional<text_position> at = {};
};

/// From logical to physical plan: rewrite rules, choice of operators and exchanges, changelog
/// modes, chains. Errors: 2004, 2021, 2024, 2025, 2027, 2028 for queries that cannot run as a
/// stream; 1002 for bad option values.
[[nodiscard]] result<physical_plan> plan_job(const planning_input& input);

}  // namespace millrace::plan
