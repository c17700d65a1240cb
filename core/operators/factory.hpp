#pragma once

#include "core/operators/operator.hpp"
#include "core/plan/physical/physical_plan.hpp"

#include <memory>
#include <span>
#include <vector>

namespace millrace::operators {

/// What an operator may know of its place in the plan.
struct operator_inputs {
  const plan::physical_node& node;
  /// The output columns of each input's producer, in input order.
  std::span<const std::vector<plan::logical_column>> inputs;
};

/// Makes the operator of a node. Sources, sinks and lookup joins are made by core/connectors
/// instead
/// (`connectors::make_operator`, which falls back to this one). Errors: 9001 for a spec it does not
/// know.
[[nodiscard]] result<std::unique_ptr<physical_operator>> make_operator(
    const operator_inputs& inputs);

}  // namespace millrace::operators
