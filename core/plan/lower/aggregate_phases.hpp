#pragma once

#include "core/base/config.hpp"
#include "core/plan/logical/logical_plan.hpp"

#include <cstdint>
#include <vector>

namespace millrace::plan {

/// How a job's aggregations run, as its options ask for it.
struct aggregate_strategy {
  /// table.optimizer.agg-phase-strategy
  enum class phases : std::uint8_t { automatic, one, two };
  phases wanted = phases::automatic;
  bool mini_batch = false;           ///< table.exec.mini-batch.enabled
  std::int64_t mini_batch_rows = 0;  ///< .size
  std::int64_t mini_batch_ms = 0;    ///< .allow-latency
};

/// Errors: 1002 for values that no option takes, and for a mini-batch without size or latency
/// (Flink refuses both).
[[nodiscard]] result<aggregate_strategy> read_aggregate_strategy(const option_reader& options);

/// True if partial states of every call, made anywhere, add up to its result: then rows may be
/// aggregated in front of the exchange (Flink: local-global aggregation). Not so for DISTINCT, for
/// calls that depend on which row came first, and over retractions for those that keep values.
[[nodiscard]] bool adds_up(const std::vector<aggregate_call>& calls, bool retracting);

/// The first output columns of a local aggregation over `input`: the groups, and per call its
/// partial state as bytes.
[[nodiscard]] std::vector<logical_column> partial_columns(const std::vector<logical_column>& input,
                                                          const std::vector<std::uint32_t>& groups,
                                                          const std::vector<aggregate_call>& calls);

}  // namespace millrace::plan
