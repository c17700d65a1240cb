#include "core/plan/rules/requirements.hpp"

#include "core/expr/registry.hpp"
#include "core/plan/rules/rule.hpp"

namespace millrace::plan {
namespace {

void add(const expr::bound_expr& e, node_need& need) {
  if (e.kind == expr::expr_kind::column) {
    need.columns[e.column].whole = true;
    return;
  }
  if (const auto path = field_path(e)) {
    need.columns[path->column].fields.insert(path->field);
    return;
  }
  for (const auto& a : e.arguments) add(*a, need);
}

void add(const column_need& more, column_need& need) {
  need.whole |= more.whole;
  need.fields.insert(more.fields.begin(), more.fields.end());
}

void need_all(node_need& need) {
  for (auto& c : need.columns) c.whole = true;
}

void need_project(const project_node& project, const node_need& own, node_need& below) {
  for (std::size_t i = 0; i < project.expressions.size(); ++i) {
    const auto& e = *project.expressions[i];
    if (!own.columns[i].used()) continue;
    if (e.kind == expr::expr_kind::column)
      add(own.columns[i], below.columns[e.column]);
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
  if (e.kind != expr::expr_kind::call || e.function != "FIELD" || e.arguments.size() != 2)
    return std::nullopt;
  const auto& row = *e.arguments[0];
  const auto& index = *e.arguments[1];
  if (row.kind != expr::expr_kind::column || index.kind != expr::expr_kind::literal)
    return std::nullopt;
  return row_field_path{row.column,
                        static_cast<std::uint32_t>(index.literal->value<std::int32_t>(0))};
}

result<expr::expr_ptr> make_field(expr::expr_ptr row, std::int32_t index,
                                  const data::data_type& type) {
  auto value = data::buffer::allocate(sizeof(index));
  value->mutable_as<std::int32_t>()[0] = index;
  auto column = std::make_shared<data::column>();
  column->type = data::data_type(data::type_id::integer, false);
  column->layout = data::encoding::constant;
  column->length = 1;
  column->values = std::move(value);
  MILLRACE_TRY(auto field,
               expr::make_call("FIELD", {std::move(row), expr::make_literal(std::move(column))}));
  if (field->type == type) return field;
  auto typed = std::make_shared<expr::bound_expr>(*field);
  typed->type = type;
  return expr::expr_ptr(typed);
}

node_need needs_of_join_side(const logical_node& join, const node_need& of_join, std::size_t side) {
  const auto left_width = join.inputs[0]->columns.size();
  const auto begin = side == 0 ? 0 : left_width;
  const auto width = join.inputs[side]->columns.size();
  node_need both;
  both.columns.resize(left_width + join.inputs[1]->columns.size());
  for (std::size_t i = 0; i < of_join.columns.size(); ++i)
    both.columns[i].whole = of_join.columns[i].used();
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
