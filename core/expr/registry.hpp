#pragma once

#include "core/expr/aggregate_function.hpp"
#include "core/expr/bound_expr.hpp"
#include "core/expr/scalar_function.hpp"
#include "core/expr/table_function.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace millrace::expr {

// The one registry of built-in functions. Filled at start from one table per family; constant
// afterwards, so all of it may be read from any thread. Names are matched without regard to case.

[[nodiscard]] const scalar_function* find_scalar(std::string_view name);
[[nodiscard]] const aggregate_function* find_aggregate(std::string_view name);
[[nodiscard]] const table_function* find_table_function(std::string_view name);
/// The built-in that stands in for a Java class named in CREATE FUNCTION; empty if there is none.
[[nodiscard]] std::string_view builtin_for_class(std::string_view class_name);

[[nodiscard]] std::vector<const scalar_function*> all_scalars();
[[nodiscard]] std::vector<const aggregate_function*> all_aggregates();
[[nodiscard]] std::vector<const table_function*> all_table_functions();

// The names of operators: `+ - * / %`, `NEGATE`, `= <> < <= > >=`,
// `IS [NOT] DISTINCT FROM`, `IS [NOT] NULL|TRUE|FALSE`, `AND OR NOT`, `[NOT] BETWEEN` and
// `[NOT] BETWEEN SYMMETRIC` (value, low, high), `[NOT] IN` (value, items...), `LIKE` and
// `SIMILAR TO` (value, pattern [, escape]), `||`, `CASE` (when, then, ..., else), `FIELD` (row,
// INT literal), `ITEM` (collection, key), `ROW ARRAY MAP MULTISET` (parts...), `OVERLAPS` (four
// times). A bare unit or a side (`DAY`, `LEADING`) is a STRING literal in upper case:
// `EXTRACT(unit, x)`, `FLOOR(x, unit)`, `TIMESTAMPADD(unit, n, x)`, `TRIM(side, characters, x)`;
// `POSITION(x, y [, from])`, `OVERLAY(a, b, from [, length])`, `SUBSTRING(a, from [, length])`.
// JSON: `JSON_VALUE(input, path, on_empty, empty_default, on_error, error_default)` with behaviour
// names `NULL ERROR DEFAULT`, `JSON_QUERY(input, path, wrapper, on_empty, on_error)` with wrappers
// `WITHOUT CONDITIONAL UNCONDITIONAL`, `JSON_EXISTS(input, path [, on_error])`, `JSON_OBJECT` and
// `JSON_ARRAY` with `NULL` or `ABSENT` first, `IS JSON [VALUE|OBJECT|ARRAY|SCALAR]`.

/// Builds a call: resolves the overload, casts the arguments where the overload takes another type,
/// folds nothing. `target` as in `call_site`. Errors: 2013 unknown name (with the nearest one),
/// 2014, 2015, 2018.
[[nodiscard]] result<expr_ptr> make_call(std::string_view name, std::vector<expr_ptr> arguments,
                                         const data::data_type* target = nullptr);
/// CAST of an expression, or the expression itself if it already has the type (nullability aside).
[[nodiscard]] result<expr_ptr> make_cast(expr_ptr e, const data::data_type& target);
/// True if a value of `from` goes into `to` without an explicit CAST (Flink:
/// LogicalTypeCasts.supportsImplicitCast).
[[nodiscard]] bool implicitly_castable(const data::data_type& from, const data::data_type& to);
/// The type that values of both go into without loss (CASE, COALESCE, UNION, comparison); 2015 if
/// there is none.
[[nodiscard]] result<data::data_type> common_type(std::span<const data::data_type> types);
/// The value of an expression without columns (constant folding); the evaluation's own error if it
/// fails.
[[nodiscard]] result<data::column_ptr> evaluate_constant(const expr_ptr& e, eval_context& context);

}  // namespace millrace::expr
