#include "core/plan/lower/lowering.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::plan {
namespace {

using expr::expr_kind;
using expr::expr_ptr;

bool is_identity(const std::vector<expr_ptr>& columns, std::size_t width) {
  if (columns.size() != width) return false;
  for (std::uint32_t i = 0; i < columns.size(); ++i)
    if (columns[i]->kind != expr_kind::column || columns[i]->column != i) return false;
  return true;
}

// Unique keys of the input whose columns all survive as plain columns.
std::vector<unique_key> kept_keys(const std::vector<unique_key>& keys,
                                  const std::vector<expr_ptr>& columns) {
  std::vector<unique_key> out;
  for (const auto& key : keys) {
    unique_key moved;
    for (const auto k : key)
      for (std::uint32_t i = 0; i < columns.size(); ++i)
        if (columns[i]->kind == expr_kind::column && columns[i]->column == k) {
          moved.push_back(i);
          break;
        }
    if (moved.size() != key.size()) continue;
    std::sort(moved.begin(), moved.end());
    out.push_back(std::move(moved));
  }
  return out;
}

std::string description(const std::vector<expr_ptr>& conditions,
                        const std::vector<expr_ptr>& columns, const std::vector<logical_column>& as,
                        const std::vector<std::string>& names) {
  std::string select;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto text = expr::to_text(*columns[i], names);
    select += (i == 0 ? "" : ", ") + (text == as[i].name ? text : text + " AS " + as[i].name);
  }
  std::string where;
  for (const auto& c : conditions)
    where += (where.empty() ? "" : " AND ") + expr::to_text(*c, names);
  return where.empty() ? fmt::format("select=[{}]", select)
                       : fmt::format("select=[{}], where=[{}]", select, where);
}

}  // namespace

lowering::calc_stack lowering::stack_of(const logical_ptr& top) const {
  calc_stack stack;
  stack.base = top;
  for (std::uint32_t i = 0; i < top->columns.size(); ++i)
    stack.columns.push_back(expr::make_column(i, top->columns[i].type));
  while (true) {
    const auto& at = stack.base;
    const auto readers = readers_.find(at.get());
    if (at != top && readers != readers_.end() && readers->second > 1) return stack;
    if (const auto* project = std::get_if<project_node>(&at->detail)) {
      const bool repeatable = std::all_of(project->expressions.begin(), project->expressions.end(),
                                          [](const auto& e) { return expr::is_deterministic(*e); });
      if (!repeatable && at != top) return stack;
      for (auto& e : stack.columns) e = expr::substitute(e, project->expressions);
      for (auto& e : stack.conditions) e = expr::substitute(e, project->expressions);
    } else if (const auto* filter = std::get_if<filter_node>(&at->detail)) {
      std::vector<expr_ptr> lower;
      expr::split_conjunction(filter->condition, lower);
      stack.conditions.insert(stack.conditions.begin(), lower.begin(), lower.end());
    } else {
      return stack;
    }
    stack.base = logical_ptr(at->inputs[0]);
  }
}

result<std::uint32_t> lowering::lower_calc(const logical_ptr& node) {
  const auto stack = stack_of(node);
  if (std::holds_alternative<over_node>(stack.base->detail)) {
    bool found = false;
    MILLRACE_TRY(auto ranked, lower_rank(stack, node->columns, found));
    if (found) return ranked;
  }
  MILLRACE_TRY(auto input, lower(stack.base));
  return calc(input, stack.conditions, stack.columns, node->columns);
}

result<std::uint32_t> lowering::calc(std::uint32_t input, std::vector<expr_ptr> conditions,
                                     std::vector<expr_ptr> columns,
                                     const std::vector<logical_column>& as) {
  const auto& below = builder_.node(input);
  if (conditions.empty() && is_identity(columns, below.columns.size())) return input;
  plan_builder::draft d;
  d.name = "Calc";
  d.description = description(conditions, columns, as, column_names(below.columns));
  d.digest = digest_of(columns) + " where " + digest_of(conditions);
  d.facts.updating = updating(input);
  d.facts.unique_keys = kept_keys(builder_.facts(input).unique_keys, columns);
  d.columns = as;
  for (std::size_t i = 0; i < columns.size(); ++i) d.columns[i].type = columns[i]->type;
  calc_spec spec;
  MILLRACE_TRY(spec.condition, conjunction(std::move(conditions)));
  spec.columns = std::move(columns);
  d.spec = std::move(spec);
  d.inputs.push_back(plan_builder::forward(input));
  return builder_.add(std::move(d));
}

result<std::uint32_t> lowering::with_key_columns(std::uint32_t input,
                                                 const std::vector<expr_ptr>& keys,
                                                 std::vector<std::uint32_t>& indices) {
  auto as = builder_.node(input).columns;
  std::vector<expr_ptr> columns;
  for (std::uint32_t i = 0; i < as.size(); ++i) columns.push_back(expr::make_column(i, as[i].type));
  for (const auto& key : keys) {
    if (key->kind == expr_kind::column) {
      indices.push_back(key->column);
      continue;
    }
    indices.push_back(static_cast<std::uint32_t>(columns.size()));
    as.push_back({fmt::format("$k{}", columns.size()), key->type, time_attribute::none});
    columns.push_back(key);
  }
  return calc(input, {}, std::move(columns), as);
}

result<std::uint32_t> lowering::selected(std::uint32_t input,
                                         const std::vector<std::uint32_t>& columns,
                                         const std::vector<logical_column>& as) {
  std::vector<expr_ptr> expressions;
  for (const auto c : columns)
    expressions.push_back(expr::make_column(c, builder_.node(input).columns[c].type));
  return calc(input, {}, std::move(expressions), as);
}

}  // namespace millrace::plan
