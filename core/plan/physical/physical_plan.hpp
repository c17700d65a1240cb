#pragma once

#include "core/plan/changelog.hpp"
#include "core/plan/physical/operator_specs.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::plan {

/// How rows get from one operator's subtasks to the next one's.
enum class exchange_kind : std::uint8_t {
  forward,    ///< subtask i to subtask i; needs equal parallelism
  hash,       ///< by key group of the key columns
  rebalance,  ///< to the channel with the most credit
  broadcast,  ///< to every subtask
  single,     ///< to subtask 0 (`hash` of the empty key)
};

struct physical_edge {
  std::uint32_t from = 0;  ///< index into physical_plan::nodes, smaller than the reader's
  exchange_kind exchange = exchange_kind::forward;
  std::vector<std::uint32_t> keys;  ///< hash: columns of the producer's output
};

/// One operator of the plan, before it is multiplied by its parallelism.
struct physical_node {
  /// Stable name of the operator's state: derived from the logical stateful node, not from
  /// rewrites.
  std::string id;
  std::string name;  ///< `GroupAggregate`, `Calc`, `TableSourceScan`, ... as Flink names them
  std::string description;  ///< EXPLAIN's details
  operator_spec spec;
  std::vector<physical_edge> inputs;
  std::vector<logical_column> columns;  ///< of the output
  changelog_mode mode = changelog_mode::insert_only;
  std::vector<std::uint32_t> upsert_key;  ///< of the output; empty: none known
  std::uint32_t parallelism = 1;
  std::uint32_t chain = 0;  ///< nodes of one chain run in one task
};

/// What a job runs: nodes in topological order (inputs before readers). A node with several readers
/// sends its rows to each. Plain data, kept with job and savepoint.
struct physical_plan {
  std::vector<physical_node> nodes;
  std::uint32_t max_parallelism = 128;
  std::vector<std::string> warnings;
  option_map options;  ///< the session's, at planning time
};

}  // namespace millrace::plan
