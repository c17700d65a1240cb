#pragma once

#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"
#include "core/plan/physical/physical_plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::coordination {

/// A chain of operators, before it is multiplied by its parallelism.
struct job_vertex {
  std::string name;  ///< `Source: bids -> Calc`
  std::vector<std::uint32_t>
      nodes;  ///< indices into the plan, inputs before readers; [0] is the head
  std::uint32_t parallelism = 1;
  bool reads_table = false;  ///< the head is a source with splits
  bool is_source = false;    ///< the head has no inputs
};

/// The nodes of a vertex that are operators of its chain, in the chain's order: all but a source
/// and the sinks.
[[nodiscard]] std::vector<std::uint32_t> chain_nodes(const plan::physical_plan& plan,
                                                     const job_vertex& vertex);

/// Rows go from a node of one vertex to an input of the head of another.
struct job_edge {
  vertex_id from;
  std::uint32_t from_node = 0;  ///< index into the plan
  vertex_id to;
  input_id to_input;  ///< of the head operator
  plan::exchange_kind exchange = plan::exchange_kind::forward;
  std::vector<std::uint32_t> keys;
};

/// Unaligned barriers overtake rows on the edge. Not where rows cannot be dealt out again after a
/// change of parallelism (forward), nor where all readers have to be at the same row (broadcast).
/// Source: Flink documentation, "Checkpointing under backpressure", limitations.
[[nodiscard]] constexpr bool barriers_overtake(plan::exchange_kind exchange) {
  return exchange != plan::exchange_kind::forward && exchange != plan::exchange_kind::broadcast;
}

/// What the job master deploys. Plain data; vertices in topological order.
struct job_graph {
  std::vector<job_vertex> vertices;
  std::vector<job_edge> edges;

  [[nodiscard]] std::vector<const job_edge*> inputs_of(vertex_id v) const;
  [[nodiscard]] std::vector<const job_edge*> outputs_of(vertex_id v) const;
  [[nodiscard]] std::uint32_t task_count() const;
};

/// Cuts a plan into vertices: a node joins its producer's vertex when it has that one input, by a
/// forward edge (or a `single` one from one subtask to one), and the planner gave both the same
/// chain and parallelism.
///
/// Errors: 9001 for a plan that is not in topological order, has a parallelism of 0 or above
/// max_parallelism, or a forward edge between different parallelisms.
[[nodiscard]] result<job_graph> build_job_graph(const plan::physical_plan& plan);

}  // namespace millrace::coordination
