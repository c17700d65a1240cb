#pragma once

#include "core/plan/logical/logical_plan.hpp"
#include "core/sql/bind/nodes.hpp"
#include "core/sql/bind/query_binder.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::sql {

// What the expressions of a SELECT block ask for and a later stage computes. Bound expressions hold
// a column index made by `pending_index` in its place until then.

enum class pending_kind : std::uint32_t { aggregate, over, subquery, auxiliary, grouping };

[[nodiscard]] constexpr std::uint32_t pending_index(pending_kind kind, std::size_t number) {
  return pending_base + (static_cast<std::uint32_t>(kind) << 24) +
         static_cast<std::uint32_t>(number);
}
/// The number of a pending column of that kind, or -1.
[[nodiscard]] constexpr std::int64_t pending_number(pending_kind kind, std::uint32_t index) {
  const auto first = pending_index(kind, 0);
  return index >= first && index < first + (1u << 24) ? std::int64_t{index} - first : -1;
}

/// A call of an aggregate; expressions over the block's input.
struct pending_aggregate {
  std::string function;
  expr::aggregate_overload overload;
  std::vector<expr::expr_ptr> arguments;
  std::vector<expr::expr_ptr> constants;
  expr::expr_ptr filter;
  bool distinct = false;
};

struct bound_order {
  expr::expr_ptr value;
  bool descending = false;
  bool nulls_first = true;
};

/// A call with OVER; expressions over the input or, in a grouped block, over the groups.
struct pending_over {
  plan::over_call call;
  std::vector<expr::expr_ptr> arguments;
  std::vector<expr::expr_ptr> partition;
  std::vector<bound_order> order;
  plan::over_frame frame;
  text_position at;
};

enum class subquery_use : std::uint8_t { scalar, predicate };

/// A sub-query inside of an expression: a scalar one, or IN and EXISTS below OR, CASE and the like.
struct pending_subquery {
  subquery_use use = subquery_use::scalar;
  bound_query query;
  /// IN: the values compared with the sub-query's columns.
  std::vector<expr::expr_ptr> values;
  bool negated = false;
  bool inside_aggregate = false;
  text_position at;
};

enum class window_part : std::uint8_t { start, end, row_time, processing_time };

/// GROUP BY TUMBLE(...), HOP(...) or SESSION(...).
struct group_window {
  plan::window_spec window;  ///< without its column
  expr::expr_ptr time;
  text_position at;
};
/// TUMBLE_START(...) and its like.
struct pending_auxiliary {
  window_part part = window_part::start;
};
/// GROUPING(a, b): the group expressions asked for; none for GROUP_ID().
struct pending_grouping {
  std::vector<expr::expr_ptr> arguments;
};

struct block_state {
  std::vector<pending_aggregate> aggregates;
  std::vector<pending_over> overs;
  std::vector<pending_subquery> subqueries;
  std::vector<pending_auxiliary> auxiliaries;
  std::vector<pending_grouping> groupings;
  std::optional<group_window> window;
};

/// The columns of a projection being collected: equal expressions get one column.
class column_list {
 public:
  std::uint32_t add(const expr::expr_ptr& e);
  [[nodiscard]] const std::vector<expr::expr_ptr>& expressions() const { return expressions_; }
  /// Projects the input to the collected expressions; the input itself when there are none.
  [[nodiscard]] plan::logical_ptr project(plan::logical_ptr input) const;

 private:
  std::vector<expr::expr_ptr> expressions_;
};

/// Replaces pending columns of one kind by `values[number]`.
[[nodiscard]] result<expr::expr_ptr> resolved(const expr::expr_ptr& e, pending_kind kind,
                                              const std::vector<expr::expr_ptr>& values);

/// Joins a plan with a sub-query of an expression; gives the new plan, whose first columns are the
/// old ones, and what the sub-query's value is over it.
/// `outer` says what the sub-query's outer columns are now. Errors: 2004.
struct attached_subquery {
  plan::logical_ptr node;
  expr::expr_ptr value;
};
[[nodiscard]] result<attached_subquery> attach(plan::logical_ptr node, const pending_subquery& sub,
                                               const expression_change& outer);
/// Semi or anti join of a plan with the sub-query of a WHERE conjunct. `compared` is over the
/// plan's columns followed by the sub-query's.
[[nodiscard]] result<plan::logical_ptr> attach_filter(plan::logical_ptr node,
                                                      const bound_query& sub, plan::join_kind kind,
                                                      std::vector<expr::expr_ptr> compared);

}  // namespace millrace::sql
