#include "core/plan/lower/window_columns.hpp"

#include <algorithm>

namespace millrace::plan {
namespace {

std::optional<std::uint32_t> position_in(const std::vector<expr::expr_ptr>& expressions,
                                         std::uint32_t column) {
  for (std::uint32_t i = 0; i < expressions.size(); ++i)
    if (expressions[i]->kind == expr::expr_kind::column && expressions[i]->column == column)
      return i;
  return std::nullopt;
}

std::optional<std::uint32_t> position_in(const std::vector<std::uint32_t>& columns,
                                         std::uint32_t column) {
  const auto it = std::find(columns.begin(), columns.end(), column);
  if (it == columns.end()) return std::nullopt;
  return static_cast<std::uint32_t>(it - columns.begin());
}

template <class Columns>
std::optional<window_columns> moved(const std::optional<window_columns>& below,
                                    const Columns& columns) {
  if (!below) return std::nullopt;
  const auto start = position_in(columns, below->start);
  const auto end = position_in(columns, below->end);
  if (!start || !end) return std::nullopt;
  window_columns out = *below;
  out.start = *start;
  out.end = *end;
  out.time = below->time ? position_in(columns, *below->time) : std::nullopt;
  return out;
}

std::optional<window_columns> of_aggregate(const logical_node& node,
                                           const aggregate_node& aggregate) {
  auto out = moved(window_columns_of(*node.inputs[0]), aggregate.groups);
  if (!out) return out;
  for (const auto& set : aggregate.sets)
    if (!position_in(set, out->start) || !position_in(set, out->end)) return std::nullopt;
  return out;
}

std::optional<window_columns> of_union(const logical_node& node) {
  const auto first = window_columns_of(*node.inputs[0]);
  for (std::size_t i = 1; first && i < node.inputs.size(); ++i) {
    const auto other = window_columns_of(*node.inputs[i]);
    if (!other || other->start != first->start || other->end != first->end) return std::nullopt;
  }
  return first;
}

// `a = b` between a column of the left and one of the right input.
bool equates(const expr::bound_expr& e, std::uint32_t left, std::uint32_t right) {
  if (e.kind != expr::expr_kind::call || e.function != "=") return false;
  const auto& a = *e.arguments[0];
  const auto& b = *e.arguments[1];
  if (a.kind != expr::expr_kind::column || b.kind != expr::expr_kind::column) return false;
  return (a.column == left && b.column == right) || (a.column == right && b.column == left);
}

}  // namespace

bool joins_windows(const logical_node& join) {
  const auto& condition = std::get<join_node>(join.detail).condition;
  if (!condition) return false;
  const auto left = window_columns_of(*join.inputs[0]);
  const auto right = window_columns_of(*join.inputs[1]);
  if (!left || !right) return false;
  const auto& l = left->window;
  const auto& r = right->window;
  if (l.kind != r.kind || l.size != r.size || l.slide != r.slide || l.offset != r.offset ||
      l.local_zone != r.local_zone)
    return false;
  const auto shift = static_cast<std::uint32_t>(join.inputs[0]->columns.size());
  std::vector<expr::expr_ptr> conjuncts;
  expr::split_conjunction(condition, conjuncts);
  const auto has = [&](std::uint32_t a, std::uint32_t b) {
    return std::any_of(conjuncts.begin(), conjuncts.end(),
                       [&](const auto& c) { return equates(*c, a, b + shift); });
  };
  return has(left->start, right->start) && has(left->end, right->end);
}

std::optional<window_columns> window_columns_of(const logical_node& node) {
  if (const auto* w = std::get_if<window_function_node>(&node.detail)) {
    const auto n = static_cast<std::uint32_t>(node.inputs[0]->columns.size());
    return window_columns{n, n + 1, n + 2, w->window};
  }
  if (const auto* p = std::get_if<project_node>(&node.detail))
    return moved(window_columns_of(*node.inputs[0]), p->expressions);
  if (const auto* a = std::get_if<aggregate_node>(&node.detail)) return of_aggregate(node, *a);
  if (std::holds_alternative<set_node>(node.detail) &&
      std::get<set_node>(node.detail).kind == set_kind::union_all)
    return of_union(node);
  if (std::holds_alternative<join_node>(node.detail))
    return joins_windows(node) ? window_columns_of(*node.inputs[0]) : std::nullopt;
  const bool passes = std::holds_alternative<filter_node>(node.detail) ||
                      std::holds_alternative<over_node>(node.detail) ||
                      std::holds_alternative<correlate_node>(node.detail) ||
                      std::holds_alternative<temporal_join_node>(node.detail);
  return passes ? window_columns_of(*node.inputs[0]) : std::nullopt;
}

}  // namespace millrace::plan
