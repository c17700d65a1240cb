#pragma once

#include "core/plan/physical/physical_plan.hpp"

#include <string>

namespace millrace::plan {

/// The plan for people: a tree of operators from the sinks down to the sources, each with exchange,
/// changelog mode, parallelism and chain. A node that several readers share is printed once and
/// referred to afterwards.
[[nodiscard]] std::string explain_tree(const physical_plan& plan);
/// The plan as a Graphviz digraph; chains are clusters.
[[nodiscard]] std::string explain_dot(const physical_plan& plan);
/// The plan as a JSON document: {"nodes": [{"id", "type", "contents", "parallelism",
/// "predecessors"}, ...]}.
[[nodiscard]] std::string explain_json(const physical_plan& plan);

/// `hash[auction]`, `forward`, ...
[[nodiscard]] std::string exchange_text(const physical_plan& plan, const physical_edge& edge);
/// The state tables that the operator keeps, as EXPLAIN names them: `accumulators: auction -> 3
/// slots`.
[[nodiscard]] std::vector<std::string> state_text(const physical_plan& plan,
                                                  const physical_node& node);

}  // namespace millrace::plan
