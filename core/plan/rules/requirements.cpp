#include "core/plan/rules/requirements.hpp"

#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/plan/rules/rule.hpp"

#include <algorithm>

namespace millrace::plan {
namespace {

void add(const column_need& more, column_need& need) {
  need.whole |= more.whole;
  for (const auto& [field, of_field] : more.fields) add(of_field, need.fields[field]);
}

void add(const row_field_path& path, const column_need& more, node_need& need) {
  auto* at = &need.columns[path.column];
  for (const auto field : path.fields) at = &at->fields[field];
  add(more, *at);
}

void add(const expr::bound_expr& e, node_need& need) {
  if (const auto path = field_path(e)) return add(*path, column_need{true, {}}, need);
  for (const auto& a : e.arguments) add(*a, need);
}

void need_all(node_need& need) {
  for (auto& c : need.columns) c.whole = true;
}

void need_project(const project_node& project, const node_need& own, node_need& below) {
  for (std::size_t i = 0; i < project.expressions.size(); ++i) {
    const auto& e = *project.expressions[i];
    if (!own.columns[i].used()) continue;
    if (const auto path = field_path(e))
      add(*path, own.columns[i], below);
    else
      add(e, below);
  }
}

void need_columns(const std::vector<std::uint32_t>& columns, node_need& need) {
  for (const auto c : columns) need.columns[c].whole = true;
}

void need_aggregate(const std::vector<std::uint32_t>& groups,
                    const std::vector<aggregate_call>& calls, node_need& need) {
  need_columns(groups, need);
  for (const auto& call : calls) {
    need_columns(call.arguments, need);
    if (call.filter) need.columns[*call.filter].whole = true;
  }
}

void need_join(const logical_node& node, const node_need& own, std::size_t side, node_need& need) {
  const auto extra = needs_of_join_side(node, own, side);
  for (std::size_t i = 0; i < need.columns.size(); ++i) add(extra.columns[i], need.columns[i]);
}

void need_of_input(const logical_node& node, const node_need& own, std::size_t side,
                   node_need& need) {
  if (const auto* project = std::get_if<project_node>(&node.detail))
    return need_project(*project, own, need);
  if (const auto* filter = std::get_if<filter_node>(&node.detail)) {
    for (std::size_t i = 0; i < own.columns.size(); ++i) add(own.columns[i], need.columns[i]);
    return add(*filter->condition, need);
  }
  if (std::holds_alternative<join_node>(node.detail)) return need_join(node, own, side, need);
  if (const auto* a = std::get_if<aggregate_node>(&node.detail))
    return need_aggregate(a->groups, a->calls, need);
  if (const auto* g = std::get_if<group_window_node>(&node.detail)) {
    need.columns[g->window.time_column].whole = true;
    return need_aggregate(g->groups, g->calls, need);
  }
  if (const auto* w = std::get_if<window_function_node>(&node.detail)) {
    for (std::size_t i = 0; i < need.columns.size(); ++i) add(own.columns[i], need.columns[i]);
    need.columns[w->window.time_column].whole = true;
    return need_columns(w->partition, need);
  }
  need_all(need);
}

}  // namespace

node_need reads_of_scan(const table_definition& table, const node_need& of_readers) {
  node_need reads = of_readers;
  if (table.watermark) {
    reads.columns[table.watermark->column].whole = true;
    std::vector<std::uint32_t> columns;
    expr::collect_columns(*table.watermark->expression, columns);
    need_columns(columns, reads);
  }
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (table.columns[i].kind == column_kind::computed && reads.columns[i].used())
      add(*table.columns[i].computed, reads);
  return reads;
}

std::optional<row_field_path> field_path(const expr::bound_expr& e) {
  if (e.kind == expr::expr_kind::column) return row_field_path{e.column, {}};
  if (e.kind != expr::expr_kind::call || e.function != "FIELD" || e.arguments.size() != 2 ||
      e.arguments[1]->kind != expr::expr_kind::literal)
    return std::nullopt;
  auto path = field_path(*e.arguments[0]);
  const auto& index = *e.arguments[1]->literal;
  if (path) path->fields.push_back(static_cast<std::uint32_t>(index.value<std::int32_t>(0)));
  return path;
}

data::data_type narrowed(const data::data_type& type, const column_need& need) {
  if (need.whole || need.fields.empty()) return type;
  std::vector<data::field> fields;
  for (const auto& [index, of_field] : need.fields) {
    auto field = type.fields()[index];
    field.type = narrowed(field.type, of_field);
    fields.push_back(std::move(field));
  }
  return data::data_type::row(std::move(fields), type.nullable());
}

column_need need_at(const column_need& need, const std::vector<std::uint32_t>& path) {
  const auto* at = &need;
  for (const auto field : path) {
    if (at->whole) break;
    at = &at->fields.at(field);
  }
  return *at;
}

result<expr::expr_ptr> narrowed_path(expr::expr_ptr row, const column_need& need,
                                     const std::vector<std::uint32_t>& path,
                                     const data::data_type& type) {
  const auto* at = &need;
  for (const auto field : path) {
    auto index = static_cast<std::int32_t>(field);
    if (!at->whole) {
      const auto found = at->fields.find(field);
      index = static_cast<std::int32_t>(std::distance(at->fields.begin(), found));
      at = &found->second;
    }
    auto literal = expr::make_literal(expr::int_literal(index));
    MILLRACE_TRY(row, expr::make_call("FIELD", {std::move(row), std::move(literal)}));
  }
  auto kept = narrowed(type, *at);
  if (row->type == kept) return row;
  auto typed = std::make_shared<expr::bound_expr>(*row);
  typed->type = std::move(kept);
  return expr::expr_ptr(typed);
}

node_need needs_of_join_side(const logical_node& join, const node_need& of_join, std::size_t side) {
  const auto left_width = join.inputs[0]->columns.size();
  const auto begin = side == 0 ? 0 : left_width;
  const auto width = join.inputs[side]->columns.size();
  node_need both;
  both.columns.resize(left_width + join.inputs[1]->columns.size());
  std::copy(of_join.columns.begin(), of_join.columns.end(), both.columns.begin());
  if (const auto& condition = std::get<join_node>(join.detail).condition) add(*condition, both);
  node_need out;
  out.columns.assign(both.columns.begin() + static_cast<std::ptrdiff_t>(begin),
                     both.columns.begin() + static_cast<std::ptrdiff_t>(begin + width));
  return out;
}

requirement_map requirements_of(const std::vector<logical_ptr>& roots) {
  const auto order = topological_order(roots);
  requirement_map needs;
  for (const auto& node : order) needs[node.get()].columns.resize(node->columns.size());
  for (const auto& root : roots) need_all(needs[root.get()]);
  for (auto it = order.rbegin(); it != order.rend(); ++it)
    for (std::size_t i = 0; i < (*it)->inputs.size(); ++i)
      need_of_input(**it, needs[it->get()], i, needs[(*it)->inputs[i].get()]);
  return needs;
}

}  // namespace millrace::plan
