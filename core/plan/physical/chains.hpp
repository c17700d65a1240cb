#pragma once

#include "core/plan/physical/physical_plan.hpp"

namespace millrace::plan {

/// Fuses operators into chains: a node joins its producer's chain when it has no other input, both
/// have one parallelism and rows need not move between subtasks. With chaining off every operator
/// is its own chain.
void assign_chains(physical_plan& plan, bool chaining);

/// Names each operator's state by what it computes from what (kind, keys, its inputs' names), with
/// an ordinal for twins, so that a rewrite which does not touch it keeps its name.
void assign_operator_ids(physical_plan& plan);

}  // namespace millrace::plan
