#pragma once

#include "core/sql/bind/nodes.hpp"
#include "core/sql/bind/query_binder.hpp"

#include <cstdint>
#include <vector>

namespace millrace::sql {

/// The side of `inner = outer` (or IS NOT DISTINCT FROM) that belongs to the sub-query; null for
/// any other condition.
[[nodiscard]] expr::expr_ptr inner_key(const expr::expr_ptr& condition);

/// An expression over a block's columns as its sub-queries see it.
[[nodiscard]] expr::expr_ptr as_outer(const expr::expr_ptr& e);

/// True if every condition compares something of the sub-query with something outer.
[[nodiscard]] bool correlated_by_equality(const bound_query& sub);

/// The outer columns that conditions read, ascending, each once.
[[nodiscard]] std::vector<expr::expr_ptr> outer_columns_of(
    const std::vector<expr::expr_ptr>& conditions);

/// A plan of the query that `around` names, with these outer columns.
[[nodiscard]] plan::logical_ptr plan_with(const name_scope& around,
                                          const std::vector<expr::expr_ptr>& columns);

/// An expression without outer columns: the block of `scope` makes them its own.
[[nodiscard]] result<expr::expr_ptr> import_outer_columns(const expr::expr_ptr& e,
                                                          const name_scope& scope);

/// A sub-query that is correlated in any way as one that is correlated by equality: its rows are
/// tested against the distinct values of `columns` (outer ones), which become columns of the node
/// behind those it has. `around` is the plan of the query around, `outer` says what its columns
/// are there; none: they are where they were. Source: Calcite's RelDecorrelator, "value generator".
[[nodiscard]] result<bound_query> joined_with_outer_values(
    bound_query sub, const std::vector<expr::expr_ptr>& columns, const plan::logical_ptr& around,
    const expression_change& outer);

}  // namespace millrace::sql
