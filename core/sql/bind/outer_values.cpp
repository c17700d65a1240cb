#include "core/sql/bind/outer_values.hpp"

#include "core/expr/registry.hpp"
#include "core/sql/bind/block_state.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_kind;
using expr::expr_ptr;

expr_ptr inner_key(const expr_ptr& condition) {
  if (condition->kind != expr_kind::call ||
      (condition->function != "=" && condition->function != "IS NOT DISTINCT FROM"))
    return nullptr;
  const auto& a = condition->arguments[0];
  const auto& b = condition->arguments[1];
  if (!reads_from(*a, pending_base)) return a;
  return reads_from(*b, pending_base) ? nullptr : b;
}

expr_ptr as_outer(const expr_ptr& e) {
  return *rewrite(e, [](const expr_ptr& part) -> result<expr_ptr> {
    if (part->kind != expr_kind::column) return expr_ptr();
    return expr::make_column(part->column + outer_base, part->type);
  });
}

bool correlated_by_equality(const bound_query& sub) {
  return std::ranges::all_of(sub.correlation,
                             [](const expr_ptr& c) { return inner_key(c) != nullptr; });
}

namespace {

void collect_outer(const expr_ptr& e, std::vector<expr_ptr>& into) {
  if (e->kind == expr_kind::column && e->column >= outer_base) into.push_back(e);
  for (const auto& a : e->arguments) collect_outer(a, into);
}

result<expr_ptr> replaced(const expr_ptr& condition, const std::vector<expr_ptr>& columns,
                          std::uint32_t first) {
  return rewrite(condition, [&](const expr_ptr& part) -> result<expr_ptr> {
    if (part->kind != expr_kind::column || part->column < outer_base) return expr_ptr();
    for (std::uint32_t i = 0; i < columns.size(); ++i)
      if (columns[i]->column == part->column) return expr::make_column(first + i, part->type);
    return expr_ptr();
  });
}

}  // namespace

std::vector<expr_ptr> outer_columns_of(const std::vector<expr_ptr>& conditions) {
  std::vector<expr_ptr> all;
  for (const auto& c : conditions) collect_outer(c, all);
  std::ranges::sort(all, {}, &expr::bound_expr::column);
  const auto same = [](const expr_ptr& a, const expr_ptr& b) { return a->column == b->column; };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

plan::logical_ptr plan_with(const name_scope& around, const std::vector<expr_ptr>& columns) {
  std::uint32_t last = 0;
  for (const auto& c : columns) last = std::max(last, c->column - outer_base);
  const auto& input = around.input->node;
  if (last < input->columns.size() || around.block == nullptr) return input;
  return around.block->plan_with(last);
}

result<expr_ptr> import_outer_columns(const expr_ptr& e, const name_scope& scope) {
  if (scope.block == nullptr) return e;
  return rewrite(e, [&](const expr_ptr& part) -> result<expr_ptr> {
    if (part->kind != expr_kind::column || part->column < outer_base) return expr_ptr();
    return scope.block->import_outer(part);
  });
}

result<bound_query> joined_with_outer_values(bound_query sub, const std::vector<expr_ptr>& columns,
                                             const plan::logical_ptr& around,
                                             const expression_change& outer) {
  std::vector<expr_ptr> values;
  std::vector<std::string> names;
  for (const auto& c : columns) {
    expr_ptr value;
    if (outer) {
      MILLRACE_TRY(value, outer(expr::make_column(c->column - outer_base, c->type)));
    }
    if (!value) value = column_of(*around, c->column - outer_base);
    values.push_back(std::move(value));
    names.push_back("$o" + std::to_string(names.size()));
  }
  const auto first = static_cast<std::uint32_t>(sub.node->columns.size());
  std::vector<expr_ptr> conditions;
  for (const auto& c : sub.correlation) {
    MILLRACE_TRY(auto moved, replaced(c, columns, first));
    conditions.push_back(std::move(moved));
  }
  MILLRACE_TRY(auto condition, conjunction(conditions));
  sub.node = make_join(plan::join_kind::inner, std::move(condition), sub.node,
                       make_distinct(make_project(std::move(values), names, around)));
  sub.correlation.clear();
  for (std::uint32_t i = 0; i < columns.size(); ++i) {
    MILLRACE_TRY(auto same, expr::make_call("IS NOT DISTINCT FROM",
                                            {column_of(*sub.node, first + i), columns[i]}));
    sub.correlation.push_back(std::move(same));
  }
  return sub;
}

}  // namespace millrace::sql
