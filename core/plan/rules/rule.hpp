#pragma once

#include "core/base/result.hpp"
#include "core/plan/logical/logical_plan.hpp"

#include <functional>
#include <unordered_map>
#include <vector>

namespace millrace::plan {

/// Inputs before readers, each node once, over all roots.
[[nodiscard]] std::vector<logical_ptr> topological_order(const std::vector<logical_ptr>& roots);

/// How many nodes (or roots) read each node.
using reader_counts = std::unordered_map<const logical_node*, std::uint32_t>;
[[nodiscard]] reader_counts count_readers(const std::vector<logical_ptr>& roots);

/// Rebuilds a DAG from the leaves up: `change` gets each node with its inputs already rebuilt and
/// gives what stands for it. A node with several readers is rebuilt once, so sharing survives.
using node_change = std::function<result<logical_ptr>(const logical_ptr&)>;
[[nodiscard]] result<std::vector<logical_ptr>> rebuild(const std::vector<logical_ptr>& roots,
                                                       const node_change& change);

/// The node with other inputs; the node itself if they are the same.
[[nodiscard]] logical_ptr with_inputs(const logical_ptr& node, std::vector<logical_ptr> inputs);

[[nodiscard]] logical_ptr make_filter(expr::expr_ptr condition, logical_ptr input);
[[nodiscard]] logical_ptr make_project(std::vector<expr::expr_ptr> expressions,
                                       std::vector<logical_column> columns, logical_ptr input);
/// AND of the conjuncts; null for none.
[[nodiscard]] result<expr::expr_ptr> conjunction(std::vector<expr::expr_ptr> conjuncts);

/// A rewrite rule: from all roots of a job to equivalent ones, under the job's options. One rule,
/// one file.
using rule = result<std::vector<logical_ptr>> (*)(const std::vector<logical_ptr>& roots,
                                                  const option_map& options);

/// `1 + 2` becomes `3`, in the session's time zone; filters on TRUE go away; aggregates of no rows
/// become their value.
[[nodiscard]] result<std::vector<logical_ptr>> fold_constants(const std::vector<logical_ptr>& roots,
                                                              const option_map& options);
/// Moves the conjuncts of filters and join conditions towards the scans.
[[nodiscard]] result<std::vector<logical_ptr>> push_filters(const std::vector<logical_ptr>& roots,
                                                            const option_map& options);
/// Aggregates DISTINCT calls in two steps, first by parts of each group, so that a hot group is
/// the work of many (table.optimizer.distinct-agg.split.enabled). Not for windows, for grouping
/// sets, for calls over several DISTINCT columns, nor where AVG or a list is among the calls.
/// Source: Flink's SplitAggregateRule.
[[nodiscard]] result<std::vector<logical_ptr>> split_distinct(const std::vector<logical_ptr>& roots,
                                                              const option_map& options);
/// Drops columns, and fields of ROW columns of scans, that nothing reads.
[[nodiscard]] result<std::vector<logical_ptr>> prune_columns(const std::vector<logical_ptr>& roots,
                                                             const option_map& options);

}  // namespace millrace::plan
