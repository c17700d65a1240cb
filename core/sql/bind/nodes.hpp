#pragma once

#include "core/plan/logical/logical_plan.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millrace::sql {

// Makers of logical nodes: they work out names, types, nullability and time attributes of the
// output.

/// Columns keep their time attribute when an expression is just the column; PROCTIME() gives
/// processing time; everything else is an ordinary value.
[[nodiscard]] plan::logical_ptr make_project(std::vector<expr::expr_ptr> expressions,
                                             const std::vector<std::string>& names,
                                             plan::logical_ptr input);
/// All columns of the input, then more expressions (unnamed). The input itself if there are none.
[[nodiscard]] plan::logical_ptr with_more_columns(plan::logical_ptr input,
                                                  const std::vector<expr::expr_ptr>& more);
/// The first `count` columns; the input itself if it has no more.
[[nodiscard]] plan::logical_ptr keep_columns(plan::logical_ptr input, std::uint32_t count);
/// The input with other column names; the input itself where they are the same.
[[nodiscard]] plan::logical_ptr renamed(plan::logical_ptr input,
                                        const std::vector<std::string>& names);
[[nodiscard]] plan::logical_ptr make_filter(expr::expr_ptr condition, plan::logical_ptr input);
/// `condition` null: TRUE. The columns of sides that may be padded become nullable.
[[nodiscard]] plan::logical_ptr make_join(plan::join_kind kind, expr::expr_ptr condition,
                                          plan::logical_ptr left, plan::logical_ptr right);
[[nodiscard]] std::vector<plan::logical_column> joined_columns(plan::join_kind kind,
                                                               const plan::logical_node& left,
                                                               const plan::logical_node& right);
/// SELECT DISTINCT: groups by all columns.
[[nodiscard]] plan::logical_ptr make_distinct(plan::logical_ptr input);
[[nodiscard]] plan::logical_ptr make_node(plan::logical_detail detail,
                                          std::vector<plan::logical_ptr> inputs,
                                          std::vector<plan::logical_column> columns,
                                          option_map hints = {});

/// AND of the conditions; null when there are none.
[[nodiscard]] result<expr::expr_ptr> conjunction(const std::vector<expr::expr_ptr>& conditions);

/// Replaces sub-trees: `change` is asked top down and gives null to go on below. A call whose
/// arguments became nullable becomes nullable.
using expression_change = std::function<result<expr::expr_ptr>(const expr::expr_ptr&)>;
[[nodiscard]] result<expr::expr_ptr> rewrite(const expr::expr_ptr& e,
                                             const expression_change& change);
/// True if any column index of the tree is at least `base`.
[[nodiscard]] bool reads_from(const expr::bound_expr& e, std::uint32_t base);
/// Every column index moved by `by`; pending and outer ones stay.
[[nodiscard]] expr::expr_ptr shifted(const expr::expr_ptr& e, std::uint32_t by);

/// Whether a column is the start, end or time of a windowing function below it.
enum class window_property : std::uint8_t { none, start, end, time };
[[nodiscard]] window_property window_property_of(const plan::logical_node& node,
                                                 std::uint32_t column);

}  // namespace millrace::sql
