#include "core/expr/registry.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/from.hpp"
#include "core/sql/bind/nodes.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_ptr;

namespace {

result<std::uint32_t> probe_time(query_binder& queries, const relation& left,
                                 const expression& time) {
  const name_scope scope{&left, nullptr};
  expression_binder binder(queries, scope, "FOR SYSTEM_TIME AS OF");
  MILLRACE_TRY(const auto bound, binder.bind(time));
  const auto column = bound->column;
  if (bound->kind != expr::expr_kind::column ||
      left.node->columns[column].time == plan::time_attribute::none)
    return make_error(errc::sql_bad_join, time.at,
                      "FOR SYSTEM_TIME AS OF needs a time attribute of the left side",
                      "declare WATERMARK for the column, or use a PROCTIME() column");
  return column;
}

// The right columns that `left = right` conjuncts compare.
std::vector<std::uint32_t> right_keys(const expr_ptr& condition, std::uint32_t left_width) {
  std::vector<expr_ptr> conjuncts;
  expr::split_conjunction(condition, conjuncts);
  std::vector<std::uint32_t> keys;
  for (const auto& c : conjuncts) {
    if (c->kind != expr::expr_kind::call || c->function != "=") continue;
    for (const auto& side : c->arguments)
      if (side->kind == expr::expr_kind::column && side->column >= left_width)
        keys.push_back(side->column - left_width);
  }
  return keys;
}

result<void> check_versioned(const plan::logical_node& right, const expr_ptr& condition,
                             std::uint32_t left_width, text_position at) {
  const bool timed = std::any_of(
      right.columns.begin(), right.columns.end(),
      [](const plan::logical_column& c) { return c.time == plan::time_attribute::row_time; });
  if (!timed)
    return make_error(errc::sql_bad_join, at,
                      "the versioned side of a temporal join needs a row time",
                      "declare WATERMARK in its CREATE TABLE");
  const auto* scan = std::get_if<plan::scan_node>(&right.detail);
  if (scan == nullptr) return {};
  const auto& key = scan->table->primary_key;
  if (key.empty())
    return make_error(errc::sql_bad_join, at, "the versioned table has no primary key",
                      "declare PRIMARY KEY (...) NOT ENFORCED, or keep the last row per key in a "
                      "view with ROW_NUMBER()");
  const auto keys = right_keys(condition, left_width);
  for (const auto k : key)
    if (std::find(keys.begin(), keys.end(), k) == keys.end())
      return make_error(errc::sql_bad_join, at,
                        "a temporal join has to compare the primary key of the versioned table",
                        "add '" + scan->table->columns[k].name + " = ...' to ON");
  return {};
}

}  // namespace

result<relation> bind_temporal_join(query_binder& queries, const join& j, relation left,
                                    text_position at, const name_scope* outer) {
  if (j.kind == join_kind::right || j.kind == join_kind::full)
    return make_error(errc::sql_bad_join, at, "a temporal join is inner or left only",
                      "use JOIN or LEFT JOIN");
  if (!j.on && j.columns.empty())
    return make_error(errc::sql_bad_join, at, "a temporal join needs ON with an equality");
  plan::temporal_join_node node;
  MILLRACE_TRY(node.time_column, probe_time(queries, left, *j.right->system_time));
  node.kind = j.kind == join_kind::left ? plan::join_kind::left : plan::join_kind::inner;
  node.lookup = left.node->columns[node.time_column].time == plan::time_attribute::processing_time;
  auto plain = *j.right;
  plain.system_time = {};
  MILLRACE_TRY(const auto right, bind_from(queries, plain, nullptr));
  const auto before =
      combined(left, right, make_join(plan::join_kind::inner, nullptr, left.node, right.node));
  const name_scope scope{&before, outer};
  expression_binder binder(queries, scope, "ON");
  if (!j.on)
    return make_error(errc::sql_not_supported, at, "a temporal join with USING is not supported",
                      "write ON left.key = right.key");
  MILLRACE_TRY(node.condition, binder.bind_condition(*j.on));
  if (reads_from(*node.condition, pending_base))
    return make_error(errc::sql_not_supported, j.on->at,
                      "a temporal join of a sub-query may not use columns of the query around it",
                      "compare them in WHERE");
  const auto width = static_cast<std::uint32_t>(left.node->columns.size());
  if (!node.lookup)
    MILLRACE_CHECK(check_versioned(*right.node, node.condition, width, j.right->at));
  auto columns = joined_columns(node.kind, *left.node, *right.node);
  for (std::size_t i = width; i < columns.size(); ++i) columns[i].time = plan::time_attribute::none;
  auto joined = make_node(std::move(node), {left.node, right.node}, std::move(columns));
  return combined(left, right, std::move(joined));
}

}  // namespace millrace::sql
