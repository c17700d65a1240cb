#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/block_state.hpp"
#include "core/sql/bind/clause_binder.hpp"
#include "core/sql/bind/correlated_rows.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/outer_values.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_kind;
using expr::expr_ptr;
using plan::logical_ptr;

namespace {

std::uint32_t width(const plan::logical_node& node) {
  return static_cast<std::uint32_t>(node.columns.size());
}

// A correlation condition over (outer plan, sub-query plan).
result<expr_ptr> joined_condition(const expr_ptr& condition, std::uint32_t outer_width,
                                  const expression_change& outer) {
  return rewrite(condition, [&](const expr_ptr& part) -> result<expr_ptr> {
    if (part->kind != expr_kind::column) return expr_ptr();
    if (part->column < pending_base)
      return expr::make_column(part->column + outer_width, part->type);
    const auto column = expr::make_column(part->column - outer_base, part->type);
    MILLRACE_TRY(auto changed, outer(column));
    return changed ? changed : column;
  });
}

result<expr_ptr> join_condition(const bound_query& sub, std::uint32_t outer_width,
                                const expression_change& outer, std::vector<expr_ptr> all) {
  for (const auto& c : sub.correlation) {
    MILLRACE_TRY(auto joined, joined_condition(c, outer_width, outer));
    all.push_back(std::move(joined));
  }
  return conjunction(all);
}

bool is_null_literal(const expr::bound_expr& e) {
  return e.kind == expr_kind::literal && e.literal->is_null(0);
}

expr_ptr true_literal() { return expr::make_literal(expr::boolean_literal(true)); }

// A sub-query that is correlated by nothing but equality.
result<bound_query> by_equality(bound_query sub, const logical_ptr& around,
                                const expression_change& outer) {
  if (correlated_by_equality(sub)) return sub;
  const auto columns = outer_columns_of(sub.correlation);
  return joined_with_outer_values(std::move(sub), columns, around, outer);
}

result<attached_subquery> attach_single_row(logical_ptr node, const pending_subquery& sub) {
  auto single = keep_columns(sub.query.node, 1);
  auto columns = single->columns;
  columns[0].type = columns[0].type.as_nullable();
  columns[0].time = plan::time_attribute::none;
  single = make_node(plan::single_row_node{}, {std::move(single)}, std::move(columns));
  const auto at = width(*node);
  auto joined = make_join(plan::join_kind::left, nullptr, std::move(node), std::move(single));
  auto value = column_of(*joined, at);
  return attached_subquery{std::move(joined), std::move(value)};
}

// One row per outer row: an aggregate without GROUP BY, grouped by the correlated columns, LIMIT 1,
// or what is checked to be one at run time. Where no rows match, COUNT is 0 and everything else
// what it is over no rows.
result<attached_subquery> attach_correlated(logical_ptr node, const pending_subquery& sub,
                                            const expression_change& outer) {
  auto query = sub.query;
  if (query.empty_row.empty() && !query.one_row) {
    MILLRACE_TRY(query, by_equality(std::move(query), node, outer));
    MILLRACE_TRY(query, single_per_key(query, sub.at));
  }
  const auto at = width(*node);
  const bool has_default = !query.empty_row.empty() && !is_null_literal(*query.empty_row[0]);
  auto right = query.node;
  const auto marker = width(*right);
  if (has_default) right = with_more_columns(right, {true_literal()});
  MILLRACE_TRY(auto condition, join_condition(query, at, outer, {}));
  auto joined = make_join(plan::join_kind::left, std::move(condition), std::move(node), right);
  auto value = column_of(*joined, at);
  if (has_default) {
    MILLRACE_TRY(auto found, expr::make_call("IS NOT NULL", {column_of(*joined, at + marker)}));
    MILLRACE_TRY(value, expr::make_call("CASE", {found, value, query.empty_row[0]}));
  }
  return attached_subquery{std::move(joined), std::move(value)};
}

bool may_be_unknown(const pending_subquery& sub) {
  for (std::uint32_t i = 0; i < sub.values.size(); ++i)
    if (sub.values[i]->type.nullable() || sub.query.node->columns[i].type.nullable()) return true;
  return false;
}

// COUNT(*) and COUNT(column 0) of the sub-query as one row joined to every row.
result<logical_ptr> with_counts(logical_ptr node, const logical_ptr& sub) {
  plan::aggregate_node counts;
  for (const bool rows : {true, false}) {
    plan::aggregate_call call;
    call.function = "COUNT";
    std::vector<expr_ptr> arguments;
    if (!rows) arguments.push_back(column_of(*sub, 0));
    MILLRACE_CHECK(resolve_aggregate("COUNT", {}, arguments, call.constants, call.overload));
    if (!rows) call.arguments.push_back(0);
    call.name = rows ? "$rows" : "$values";
    counts.calls.push_back(std::move(call));
  }
  const auto type = counts.calls[0].overload.result_type.as_nullable();
  const std::vector<plan::logical_column> columns{{"$rows", type, {}}, {"$values", type, {}}};
  auto counted = make_node(std::move(counts), {sub}, columns);
  counted = make_node(plan::single_row_node{}, {std::move(counted)}, columns);
  return make_join(plan::join_kind::left, nullptr, std::move(node), std::move(counted));
}

// `x IN (q)` where there is no match: FALSE over no rows, unknown when x or a value is NULL.
result<attached_subquery> with_unknown(attached_subquery found, const expr_ptr& value,
                                       const logical_ptr& sub) {
  const auto at = width(*found.node);
  MILLRACE_TRY(found.node, with_counts(found.node, sub));
  const auto rows = column_of(*found.node, at);
  const auto values = column_of(*found.node, at + 1);
  const auto zero = expr::make_literal(expr::bigint_literal(0));
  MILLRACE_TRY(auto some, expr::make_call(">", {rows, zero}));
  MILLRACE_TRY(auto none, expr::make_call("IS NOT TRUE", {std::move(some)}));
  MILLRACE_TRY(auto left_null, expr::make_call("IS NULL", {value}));
  MILLRACE_TRY(auto right_null, expr::make_call(">", {rows, values}));
  MILLRACE_TRY(auto unknown, expr::make_call("OR", {std::move(left_null), std::move(right_null)}));
  const auto no = expr::make_literal(expr::boolean_literal(false));
  const auto null = expr::make_literal(expr::null_literal(data::data_type(data::type_id::boolean)));
  MILLRACE_TRY(found.value,
               expr::make_call("CASE", {found.value, true_literal(), none, no, unknown, null, no}));
  return found;
}

// `column = value` for each value of IN; none for EXISTS.
result<std::vector<expr_ptr>> compared_values(const pending_subquery& sub) {
  std::vector<expr_ptr> all;
  for (std::uint32_t i = 0; i < sub.values.size(); ++i) {
    MILLRACE_TRY(auto same,
                 expr::make_call("=", {column_of(*sub.query.node, i), as_outer(sub.values[i])}));
    all.push_back(std::move(same));
  }
  return all;
}

// Whether a sub-query has a row: a left join with its distinct keys and a mark.
result<attached_subquery> with_mark(logical_ptr node, const bound_query& query,
                                    const expression_change& outer) {
  column_list keys;
  const auto at = width(*node);
  bound_query distinct;
  for (const auto& condition : query.correlation) {
    const auto inner = inner_key(condition);
    const auto column = keys.add(inner);
    MILLRACE_TRY(auto moved, rewrite(condition, [&](const expr_ptr& part) -> result<expr_ptr> {
                   if (part != inner) return expr_ptr();
                   return expr::make_column(column, part->type);
                 }));
    distinct.correlation.push_back(std::move(moved));
  }
  const auto mark = keys.add(true_literal());
  distinct.node = make_distinct(keys.project(query.node));
  MILLRACE_TRY(auto condition, join_condition(distinct, at, outer, {}));
  attached_subquery found;
  found.node =
      make_join(plan::join_kind::left, std::move(condition), std::move(node), distinct.node);
  MILLRACE_TRY(found.value, expr::make_call("IS NOT NULL", {column_of(*found.node, at + mark)}));
  return found;
}

// As `with_unknown` for a correlated or row-valued IN: unknown if a row leaves the comparison so.
result<attached_subquery> with_second_mark(attached_subquery found, const pending_subquery& sub,
                                           const logical_ptr& around,
                                           const expression_change& outer) {
  auto near = sub.query;
  MILLRACE_TRY(const auto compared, compared_values(sub));
  MILLRACE_TRY(auto all, conjunction(compared));
  MILLRACE_TRY(all, expr::make_call("IS NOT FALSE", {std::move(all)}));
  near.correlation.push_back(std::move(all));
  MILLRACE_TRY(near, by_equality(std::move(near), around, outer));
  MILLRACE_TRY(auto second, with_mark(std::move(found.node), near, outer));
  const auto no = expr::make_literal(expr::boolean_literal(false));
  const auto null = expr::make_literal(expr::null_literal(data::data_type(data::type_id::boolean)));
  MILLRACE_TRY(second.value,
               expr::make_call("CASE", {found.value, true_literal(), second.value, null, no}));
  return second;
}

// IN and EXISTS as a value.
result<attached_subquery> attach_mark(logical_ptr node, const pending_subquery& sub,
                                      const expression_change& outer) {
  auto query = sub.query;
  MILLRACE_TRY(const auto compared, compared_values(sub));
  query.correlation.insert(query.correlation.end(), compared.begin(), compared.end());
  MILLRACE_TRY(query, by_equality(std::move(query), node, outer));
  MILLRACE_TRY(auto found, with_mark(node, query, outer));
  if (may_be_unknown(sub)) {
    if (sub.query.correlation.empty() && sub.values.size() == 1) {
      MILLRACE_TRY(const auto value, rewrite(sub.values[0], outer));
      MILLRACE_TRY(found, with_unknown(std::move(found), value, keep_columns(sub.query.node, 1)));
    } else {
      MILLRACE_TRY(found, with_second_mark(std::move(found), sub, node, outer));
    }
  }
  if (!sub.negated) return found;
  MILLRACE_TRY(found.value, expr::make_call("NOT", {found.value}));
  return found;
}

}  // namespace

result<attached_subquery> attach(logical_ptr node, const pending_subquery& sub,
                                 const expression_change& outer) {
  if (sub.use == subquery_use::predicate) return attach_mark(std::move(node), sub, outer);
  if (sub.query.correlation.empty()) return attach_single_row(std::move(node), sub);
  return attach_correlated(std::move(node), sub, outer);
}

result<logical_ptr> attach_filter(logical_ptr node, const bound_query& sub, plan::join_kind kind,
                                  std::vector<expr_ptr> compared) {
  const expression_change same = [](const expr_ptr&) -> result<expr_ptr> { return expr_ptr(); };
  MILLRACE_TRY(auto condition, join_condition(sub, width(*node), same, std::move(compared)));
  return make_join(kind, std::move(condition), std::move(node), sub.node);
}

}  // namespace millrace::sql
