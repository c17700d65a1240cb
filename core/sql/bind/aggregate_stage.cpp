#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/hints.hpp"
#include "core/sql/bind/outer_values.hpp"
#include "core/sql/bind/select_planner.hpp"
#include "core/sql/bind/tree_search.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_kind;
using expr::expr_ptr;

// Conditions on outer columns of an aggregating sub-query: `inner = outer` groups by `inner` too.
result<void> select_planner::correlated_groups() {
  visible_groups_ = groups_.size();
  if (correlation_.empty()) return {};
  if (!sets_.empty() || state_.window)
    return make_error(errc::sql_not_supported, place_of(*block_.where, ""),
                      "a sub-query with grouping sets or a group window cannot be correlated",
                      "aggregate in a derived table and join with it");
  const bool equal = std::ranges::all_of(
      correlation_, [](const expr_ptr& condition) { return inner_key(condition) != nullptr; });
  if (!equal) MILLRACE_CHECK(join_outer_values());
  for (const auto& condition : correlation_) groups_.push_back(inner_key(condition));
  return {};
}

result<void> select_planner::aggregate() {
  MILLRACE_CHECK(correlated_groups());
  if (groups_.size() > 62)
    return make_error(errc::sql_not_supported, "GROUP BY of more than 62 expressions");
  column_list columns;
  std::vector<std::uint32_t> groups;
  for (const auto& g : groups_) groups.push_back(columns.add(g));
  auto calls = plan_calls(columns);
  if (state_.window)
    plan_window_aggregate(columns, std::move(groups), std::move(calls));
  else
    plan_plain_aggregate(columns, std::move(groups), std::move(calls));
  for (const auto& g : state_.groupings) {
    MILLRACE_TRY(auto value, grouping_value(g));
    grouping_values_.push_back(std::move(value));
  }
  MILLRACE_CHECK(note_empty_row());
  for (auto& condition : correlation_) {
    MILLRACE_TRY(condition, over_groups(condition, block_.where.get()));
  }
  MILLRACE_CHECK(rewrite_all(
      [&](const expr_ptr& e, const expression* source) { return over_groups(e, source); }));
  return join_subqueries(false, [&](const expr_ptr& e) { return over_groups(e, nullptr); });
}

std::vector<plan::aggregate_call> select_planner::plan_calls(column_list& columns) const {
  std::vector<plan::aggregate_call> calls;
  for (const auto& pending : state_.aggregates) {
    plan::aggregate_call call;
    call.function = pending.function;
    call.overload = pending.overload;
    call.distinct = pending.distinct;
    for (const auto& a : pending.arguments) call.arguments.push_back(columns.add(a));
    if (pending.filter) call.filter = columns.add(pending.filter);
    call.constants = pending.constants;
    call.name = "$a" + std::to_string(calls.size());
    calls.push_back(std::move(call));
  }
  return calls;
}

namespace {

// Grouping by window_start and window_end keeps window_time a time attribute.
plan::time_attribute group_time(const plan::logical_node& input,
                                const std::vector<std::uint32_t>& groups, std::uint32_t column) {
  bool start = false;
  bool end = false;
  for (const auto g : groups) {
    start |= window_property_of(input, g) == window_property::start;
    end |= window_property_of(input, g) == window_property::end;
  }
  const bool keeps = start && end && window_property_of(input, column) == window_property::time;
  return keeps ? input.columns[column].time : plan::time_attribute::none;
}

bool left_out_somewhere(const std::vector<std::vector<std::uint32_t>>& sets, std::uint32_t group) {
  return std::any_of(sets.begin(), sets.end(), [&](const auto& set) {
    return std::find(set.begin(), set.end(), group) == set.end();
  });
}

}  // namespace

void select_planner::plan_plain_aggregate(column_list& columns, std::vector<std::uint32_t> groups,
                                          std::vector<plan::aggregate_call> calls) {
  const auto input = columns.project(node_);
  std::vector<plan::logical_column> out;
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    auto c = input->columns[groups[i]];
    c.time = group_time(*input, groups, groups[i]);
    if (left_out_somewhere(sets_, i)) c.type = c.type.as_nullable();
    out.push_back(std::move(c));
  }
  if (!sets_.empty())
    out.push_back({"$grouping_id", data::data_type(data::type_id::bigint, false), {}});
  aggregate_at_ = static_cast<std::uint32_t>(out.size());
  for (const auto& call : calls) out.push_back({call.name, call.overload.result_type, {}});
  node_ = make_node(plan::aggregate_node{std::move(groups), sets_, std::move(calls)}, {input},
                    std::move(out), state_ttl_of_groups(block_.hints, input_));
}

void select_planner::plan_window_aggregate(column_list& columns, std::vector<std::uint32_t> groups,
                                           std::vector<plan::aggregate_call> calls) {
  auto window = state_.window->window;
  window.time_column = columns.add(state_.window->time);
  const auto input = columns.project(node_);
  std::vector<plan::logical_column> out;
  for (const auto g : groups) {
    out.push_back(input->columns[g]);
    out.back().time = plan::time_attribute::none;
  }
  aggregate_at_ = static_cast<std::uint32_t>(out.size());
  for (const auto& call : calls) out.push_back({call.name, call.overload.result_type, {}});
  const auto plain = data::data_type::timestamp(3, false);
  const auto& time = input->columns[window.time_column];
  out.push_back({"window_start", plain, {}});
  out.push_back({"window_end", plain, {}});
  out.push_back(
      {"window_rowtime", time.type.as_nullable(false),
       window.processing_time ? plan::time_attribute::none : plan::time_attribute::row_time});
  out.push_back({"window_proctime", data::data_type::timestamp_ltz(3, false),
                 plan::time_attribute::processing_time});
  node_ = make_node(plan::group_window_node{window, std::move(groups), std::move(calls)}, {input},
                    std::move(out));
}

// An expression over the block's input as one over the aggregate's output.
result<expr_ptr> select_planner::over_groups(const expr_ptr& e, const expression* source) const {
  return rewrite(e, [&](const expr_ptr& part) -> result<expr_ptr> {
    for (std::uint32_t i = 0; i < groups_.size(); ++i)
      if (expr::equal(*groups_[i], *part)) return column_of(*node_, i);
    if (part->kind != expr_kind::column) return expr_ptr();
    return grouped_column(*part, source);
  });
}

result<expr_ptr> select_planner::grouped_column(const expr::bound_expr& column,
                                                const expression* source) const {
  const auto index = column.column;
  if (const auto n = pending_number(pending_kind::aggregate, index); n >= 0)
    return column_of(*node_, aggregate_at_ + static_cast<std::uint32_t>(n));
  if (const auto n = pending_number(pending_kind::grouping, index); n >= 0)
    return grouping_values_[static_cast<std::size_t>(n)];
  if (const auto n = pending_number(pending_kind::auxiliary, index); n >= 0) {
    const auto first = node_->columns.size() - 4;
    const auto part =
        static_cast<std::size_t>(state_.auxiliaries[static_cast<std::size_t>(n)].part);
    return column_of(*node_, static_cast<std::uint32_t>(first + part));
  }
  if (index >= pending_base) return expr::make_column(index, column.type);
  const std::string name = index < input_.node->columns.size() ? input_.node->columns[index].name
                                                               : std::string("a sub-query's value");
  return make_error(errc::sql_not_grouped, source ? place_of(*source, name) : text_position{},
                    "'" + name + "' is neither grouped nor aggregated",
                    "add it to GROUP BY, or put it into an aggregate such as MAX");
}

// What SELECT gives when no row arrives: counts are 0, other aggregates NULL. A correlated scalar
// sub-query needs it for outer rows without a match.
result<void> select_planner::note_empty_row() {
  if (visible_groups_ != 0 || !sets_.empty() || state_.window || !having_.empty()) return {};
  for (const auto& i : items_) {
    bool constant = true;
    MILLRACE_TRY(auto value, rewrite(i.value, [&](const expr_ptr& part) -> result<expr_ptr> {
                   if (part->kind != expr_kind::column) return expr_ptr();
                   const auto n = pending_number(pending_kind::aggregate, part->column);
                   constant &= n >= 0;
                   if (n < 0) return part;
                   const auto& call = state_.aggregates[static_cast<std::size_t>(n)];
                   if (call.function == "COUNT") return expr::make_literal(expr::bigint_literal(0));
                   return expr::make_literal(expr::null_literal(part->type.as_nullable()));
                 }));
    if (!constant) value = expr::make_literal(expr::null_literal(i.value->type.as_nullable()));
    empty_row_.push_back(std::move(value));
  }
  return {};
}

}  // namespace millrace::sql
