#include "core/sql/bind/nodes.hpp"

#include "core/expr/registry.hpp"
#include "core/sql/bind/relation.hpp"

namespace millrace::sql {

using expr::expr_kind;
using expr::expr_ptr;
using plan::logical_column;
using plan::logical_ptr;

plan::logical_ptr make_node(plan::logical_detail detail, std::vector<logical_ptr> inputs,
                            std::vector<logical_column> columns, option_map hints) {
  return std::make_shared<const plan::logical_node>(plan::logical_node{
      std::move(detail), std::move(inputs), std::move(columns), std::move(hints)});
}

namespace {

plan::time_attribute time_of(const expr::bound_expr& e, const plan::logical_node& input) {
  if (e.kind == expr_kind::column && e.column < input.columns.size())
    return input.columns[e.column].time;
  if (e.kind == expr_kind::call && e.function == "PROCTIME")
    return plan::time_attribute::processing_time;
  return plan::time_attribute::none;
}

}  // namespace

logical_ptr make_project(std::vector<expr_ptr> expressions, const std::vector<std::string>& names,
                         logical_ptr input) {
  std::vector<logical_column> columns;
  for (std::size_t i = 0; i < expressions.size(); ++i)
    columns.push_back({names[i], expressions[i]->type, time_of(*expressions[i], *input)});
  return make_node(plan::project_node{std::move(expressions)}, {std::move(input)},
                   std::move(columns));
}

namespace {

std::vector<expr_ptr> own_columns(const plan::logical_node& node, std::uint32_t count) {
  std::vector<expr_ptr> out;
  for (std::uint32_t i = 0; i < count; ++i)
    out.push_back(expr::make_column(i, node.columns[i].type));
  return out;
}

std::vector<std::string> own_names(const plan::logical_node& node, std::uint32_t count) {
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < count; ++i) out.push_back(node.columns[i].name);
  return out;
}

std::uint32_t width(const plan::logical_node& node) {
  return static_cast<std::uint32_t>(node.columns.size());
}

}  // namespace

logical_ptr with_more_columns(logical_ptr input, const std::vector<expr_ptr>& more) {
  if (more.empty()) return input;
  auto expressions = own_columns(*input, width(*input));
  auto names = own_names(*input, width(*input));
  for (const auto& e : more) {
    names.push_back("$f" + std::to_string(expressions.size()));
    expressions.push_back(e);
  }
  return make_project(std::move(expressions), names, std::move(input));
}

logical_ptr keep_columns(logical_ptr input, std::uint32_t count) {
  if (count >= input->columns.size()) return input;
  auto expressions = own_columns(*input, count);
  const auto names = own_names(*input, count);
  return make_project(std::move(expressions), names, std::move(input));
}

logical_ptr renamed(logical_ptr input, const std::vector<std::string>& names) {
  if (own_names(*input, width(*input)) == names) return input;
  auto expressions = own_columns(*input, width(*input));
  return make_project(std::move(expressions), names, std::move(input));
}

logical_ptr make_filter(expr_ptr condition, logical_ptr input) {
  auto columns = input->columns;
  return make_node(plan::filter_node{std::move(condition)}, {std::move(input)}, std::move(columns));
}

std::vector<logical_column> joined_columns(plan::join_kind kind, const plan::logical_node& left,
                                           const plan::logical_node& right) {
  using plan::join_kind;
  const bool pads_left = kind == join_kind::right || kind == join_kind::full;
  const bool pads_right = kind == join_kind::left || kind == join_kind::full;
  auto columns = left.columns;
  if (kind == join_kind::semi || kind == join_kind::anti) return columns;
  for (auto& c : columns)
    if (pads_left) c.type = c.type.as_nullable();
  for (auto c : right.columns) {
    if (pads_right) c.type = c.type.as_nullable();
    columns.push_back(std::move(c));
  }
  return columns;
}

logical_ptr make_join(plan::join_kind kind, expr_ptr condition, logical_ptr left, logical_ptr right) {
  auto columns = joined_columns(kind, *left, *right);
  return make_node(plan::join_node{kind, std::move(condition)},
                   {std::move(left), std::move(right)}, std::move(columns));
}

logical_ptr make_distinct(logical_ptr input) {
  plan::aggregate_node node;
  auto columns = input->columns;
  for (std::uint32_t i = 0; i < columns.size(); ++i) {
    node.groups.push_back(i);
    columns[i].time = plan::time_attribute::none;
  }
  return make_node(std::move(node), {std::move(input)}, std::move(columns));
}

result<expr_ptr> conjunction(const std::vector<expr_ptr>& conditions) {
  expr_ptr all;
  for (const auto& c : conditions) {
    if (!all) {
      all = c;
      continue;
    }
    MILLRACE_TRY(all, expr::make_call("AND", {all, c}));
  }
  return all;
}

result<expr_ptr> rewrite(const expr_ptr& e, const expression_change& change) {
  MILLRACE_TRY(auto changed, change(e));
  if (changed || e->kind != expr_kind::call) return changed ? changed : e;
  auto copy = std::make_shared<expr::bound_expr>(*e);
  bool differs = false;
  bool became_nullable = false;
  for (auto& a : copy->arguments) {
    MILLRACE_TRY(auto argument, rewrite(a, change));
    differs |= argument != a;
    became_nullable |= argument->type.nullable() && !a->type.nullable();
    a = std::move(argument);
  }
  if (became_nullable && e->function != "IS NULL" && e->function != "IS NOT NULL")
    copy->type = copy->type.as_nullable();
  return differs ? expr_ptr(std::move(copy)) : e;
}

bool reads_from(const expr::bound_expr& e, std::uint32_t base) {
  if (e.kind == expr_kind::column) return e.column >= base;
  for (const auto& a : e.arguments)
    if (reads_from(*a, base)) return true;
  return false;
}

expr_ptr shifted(const expr_ptr& e, std::uint32_t by) {
  if (by == 0) return e;
  return *rewrite(e, [by](const expr_ptr& part) -> result<expr_ptr> {
    if (part->kind != expr_kind::column || part->column >= pending_base) return expr_ptr();
    return expr::make_column(part->column + by, part->type);
  });
}

namespace {

window_property property_in_aggregate(const plan::logical_node& node,
                                      const std::vector<std::uint32_t>& groups,
                                      std::uint32_t column) {
  if (column >= groups.size()) return window_property::none;
  return window_property_of(*node.inputs[0], groups[column]);
}

window_property property_in_join(const plan::logical_node& node, std::uint32_t column) {
  const auto left = node.inputs[0]->columns.size();
  if (column < left) return window_property_of(*node.inputs[0], column);
  return window_property_of(*node.inputs[1], column - static_cast<std::uint32_t>(left));
}

}  // namespace

window_property window_property_of(const plan::logical_node& node, std::uint32_t column) {
  if (const auto* project = std::get_if<plan::project_node>(&node.detail)) {
    const auto& e = *project->expressions[column];
    if (e.kind != expr_kind::column) return window_property::none;
    return window_property_of(*node.inputs[0], e.column);
  }
  if (const auto* aggregate = std::get_if<plan::aggregate_node>(&node.detail))
    return property_in_aggregate(node, aggregate->groups, column);
  if (std::holds_alternative<plan::window_function_node>(node.detail)) {
    const auto below = node.inputs[0]->columns.size();
    if (column >= below) return static_cast<window_property>(column - below + 1);
    return window_property_of(*node.inputs[0], column);
  }
  if (std::holds_alternative<plan::join_node>(node.detail)) return property_in_join(node, column);
  if (std::holds_alternative<plan::filter_node>(node.detail) ||
      std::holds_alternative<plan::sort_node>(node.detail) ||
      std::holds_alternative<plan::over_node>(node.detail)) {
    if (column >= node.inputs[0]->columns.size()) return window_property::none;
    return window_property_of(*node.inputs[0], column);
  }
  return window_property::none;
}

}  // namespace millrace::sql
