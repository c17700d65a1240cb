#pragma once

#include "core/plan/lower/join_condition.hpp"
#include "core/plan/lower/plan_builder.hpp"
#include "core/plan/lower/scan_advice.hpp"
#include "core/plan/lower/window_columns.hpp"
#include "core/plan/planner.hpp"
#include "core/plan/rules/rule.hpp"

#include <unordered_map>

namespace millrace::plan {

/// Turns logical nodes into physical ones, inputs first. One per job; each topic has a file of its
/// own
/// (`lower_scan.cpp`, `lower_join.cpp`, ...). `lower` gives a node whose columns are those of the
/// logical node.
class lowering {
 public:
  lowering(const planning_input& input, const std::vector<logical_ptr>& roots,
           scan_advice_map advice, plan_builder& builder);

  result<std::uint32_t> lower(const logical_ptr& node);

 private:
  result<std::uint32_t> lower_fresh(const logical_ptr& node);

  // lower_scan.cpp, lower_sink.cpp
  class scanned_columns;
  /// `old_rows` false: an upsert changelog is given as it comes.
  result<std::uint32_t> lower_scan(const logical_node& node, bool old_rows = true);
  result<std::uint32_t> scan_source(const logical_node& node, const table_traits& traits,
                                    const scanned_columns& scanned);
  result<watermark_spec> watermark_of(const watermark_definition& watermark,
                                      scanned_columns& scanned) const;
  std::uint32_t watermark_assigner(std::uint32_t input, watermark_spec spec,
                                   const std::vector<logical_column>& columns);
  std::uint32_t changelog_normalize(std::uint32_t input, unique_key key);
  std::uint32_t final_rows(std::uint32_t input);
  result<std::uint32_t> lower_values(const logical_node& node);
  result<std::uint32_t> lower_sink(const logical_node& node);

  // lower_calc.cpp: a stack of projections and filters above `base`.
  struct calc_stack {
    logical_ptr base;
    std::vector<expr::expr_ptr> columns;     ///< over base's columns
    std::vector<expr::expr_ptr> conditions;  ///< conjuncts over base's columns
  };
  calc_stack stack_of(const logical_ptr& top) const;
  result<std::uint32_t> lower_calc(const logical_ptr& node);
  result<std::uint32_t> calc(std::uint32_t input, std::vector<expr::expr_ptr> conditions,
                             std::vector<expr::expr_ptr> columns,
                             const std::vector<logical_column>& as);
  /// The node's columns plus `keys` as further ones where they are no plain columns; `keys` become
  /// indices.
  result<std::uint32_t> with_key_columns(std::uint32_t input,
                                         const std::vector<expr::expr_ptr>& keys,
                                         std::vector<std::uint32_t>& indices);
  /// The node with just `columns`, in that order, under the names of `as`.
  result<std::uint32_t> selected(std::uint32_t input, const std::vector<std::uint32_t>& columns,
                                 const std::vector<logical_column>& as);

  // lower_aggregate.cpp, lower_window.cpp
  result<std::uint32_t> lower_aggregate(const logical_ptr& node);
  result<std::uint32_t> lower_window_function(const logical_node& node);
  result<std::uint32_t> lower_group_window(const logical_node& node);
  result<std::uint32_t> windowed_aggregate(const logical_ptr& node, const window_columns& windows);
  result<std::uint32_t> aggregate_over_function(const logical_ptr& node,
                                                const window_columns& windows, bool& done);
  result<std::uint32_t> aggregate_over_columns(const logical_ptr& node,
                                               const window_columns& windows);
  result<std::uint32_t> group_aggregate(std::uint32_t input, std::vector<std::uint32_t> groups,
                                        std::vector<aggregate_call> calls,
                                        const std::vector<logical_column>& columns);
  std::uint32_t local_group_aggregate(std::uint32_t input, group_aggregate_spec spec,
                                      const plan_builder::draft& whole);
  result<std::uint32_t> expanded(std::uint32_t input, const aggregate_node& aggregate,
                                 std::vector<std::uint32_t>& groups);
  result<std::uint32_t> window_output(std::uint32_t input, window_aggregate_spec spec,
                                      const std::vector<logical_column>& inputs,
                                      const logical_node& node,
                                      const std::vector<std::int32_t>& group_position);
  std::uint32_t local_window_aggregate(std::uint32_t input, window_aggregate_spec spec,
                                       const plan_builder::draft& whole);
  result<void> resolve_for(std::vector<aggregate_call>& calls,
                           const std::vector<logical_column>& columns, bool retracting) const;

  // lower_rank.cpp
  result<std::uint32_t> lower_over(const logical_node& node);
  /// Top-N or deduplication, if the stack filters a rank; `found` false otherwise.
  result<std::uint32_t> lower_rank(const calc_stack& stack, const std::vector<logical_column>& as,
                                   bool& found);
  result<std::uint32_t> lower_sort(const logical_node& node);
  result<std::uint32_t> rank(std::uint32_t input, rank_spec spec,
                             const std::vector<logical_column>& columns);

  // lower_join.cpp, lower_temporal.cpp
  struct join_parts;
  result<std::uint32_t> lower_join(const logical_ptr& node);
  [[nodiscard]] plan_builder::draft join_draft(const join_parts& parts) const;
  void as_window_join(plan_builder::draft& d, const join_parts& parts,
                      const logical_node& node) const;
  void as_interval_join(plan_builder::draft& d, const join_parts& parts, const time_bounds& bounds,
                        bool row_time) const;
  void as_regular_join(plan_builder::draft& d, const join_parts& parts) const;
  result<std::uint32_t> without_key_columns(std::uint32_t join, std::size_t left_width,
                                            const logical_node& node);
  void keep_versions(std::uint32_t node);
  result<std::uint32_t> lower_versions(const logical_ptr& node);
  result<std::uint32_t> lower_temporal(const logical_node& node);
  result<std::uint32_t> lower_lookup(const logical_node& node);
  result<std::uint32_t> lower_correlate(const logical_node& node);
  result<std::uint32_t> lower_set(const logical_node& node);
  result<std::uint32_t> lower_match(const logical_node& node);
  result<std::uint32_t> lower_single_row(const logical_node& node);

  /// Adds a node that keeps rows; in batch mode it waits for the end of its inputs.
  std::uint32_t add_keeping(plan_builder::draft d);
  [[nodiscard]] bool updating(std::uint32_t node) const { return builder_.facts(node).updating; }
  [[nodiscard]] std::int64_t ttl() const { return ttl_ms_; }
  result<void> insert_only(std::uint32_t node, std::string_view who) const;

  const planning_input& input_;
  option_reader options_;
  plan_builder& builder_;
  reader_counts readers_;
  scan_advice_map advice_;
  bool batch_ = false;
  std::int64_t ttl_ms_ = 0;
  std::unordered_map<const logical_node*, std::uint32_t> done_;
  std::vector<logical_ptr> kept_alive_;
};

}  // namespace millrace::plan
