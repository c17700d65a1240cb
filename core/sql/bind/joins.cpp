#include "core/expr/registry.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/from.hpp"
#include "core/sql/bind/nodes.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_ptr;

namespace {

plan::join_kind plan_kind(join_kind kind) {
  switch (kind) {
    case join_kind::left: return plan::join_kind::left;
    case join_kind::right: return plan::join_kind::right;
    case join_kind::full: return plan::join_kind::full;
    default: return plan::join_kind::inner;
  }
}

// Names that stand in both inputs, in the order of the left one.
qualified_name natural_columns(const relation& left, const relation& right, text_position at) {
  const auto theirs = visible_names(right);
  qualified_name out;
  for (const auto& n : visible_names(left))
    if (std::find(theirs.begin(), theirs.end(), n) != theirs.end())
      out.push_back(name{n, true, at});
  return out;
}

result<expr_ptr> common_column(const relation& side, const name& column) {
  MILLRACE_TRY(const auto found, find_column(side, {column}));
  if (found) return found->value;
  return make_error(errc::sql_unknown_column, column.at,
                    "USING names '" + column.text + "', which one side of the join does not have",
                    hint_for(column.text, visible_names(side)));
}

struct using_keys {
  std::vector<expr_ptr> left;
  std::vector<expr_ptr> right;
  std::vector<expr_ptr> conditions;
};

result<using_keys> bind_using(const relation& left, const relation& right,
                              const qualified_name& columns) {
  using_keys keys;
  const auto by = static_cast<std::uint32_t>(left.node->columns.size());
  for (const auto& column : columns) {
    MILLRACE_TRY(auto a, common_column(left, column));
    MILLRACE_TRY(auto b, common_column(right, column));
    b = shifted(b, by);
    MILLRACE_TRY(auto same, placed(expr::make_call("=", {a, b}), column.at));
    keys.left.push_back(std::move(a));
    keys.right.push_back(std::move(b));
    keys.conditions.push_back(std::move(same));
  }
  return keys;
}

expr_ptr retyped(const expr_ptr& column, const plan::logical_node& node) {
  return column->kind == expr::expr_kind::column ? column_of(node, column->column) : column;
}

result<void> merge(relation& joined, const qualified_name& columns, const using_keys& keys,
                   join_kind kind) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto left = retyped(keys.left[i], *joined.node);
    const auto right = retyped(keys.right[i], *joined.node);
    merged_column merged{columns[i].text, kind == join_kind::right ? right : left, {}};
    if (kind == join_kind::full) {
      MILLRACE_TRY(merged.value, expr::make_call("COALESCE", {left, right}));
    }
    for (const auto& side : {left, right}) expr::collect_columns(*side, merged.hides);
    std::erase_if(joined.merged, [&](const merged_column& m) { return m.name == merged.name; });
    joined.merged.push_back(std::move(merged));
  }
  return {};
}

bool is_correlated_item(const table_ref& right) {
  if (right.kind() == table_ref_kind::unnest) return true;
  const auto* f = right.get_if<table_function>();
  if (f == nullptr) return false;
  const auto* call = f->call.get_if<function_call>();
  return call != nullptr && !is_window_function(*call);
}

bool is_true(const expression_ptr& on) {
  if (!on) return true;
  const auto* value = on->get_if<literal>();
  return value && value->kind == literal_kind::boolean && value->text == "TRUE";
}

// LATERAL TABLE(f(..)), UNNEST and LATERAL (query): each left row has right rows of its own.
result<relation> bind_lateral(query_binder& queries, const join& j, relation left,
                              const name_scope* outer) {
  const bool outer_join = j.kind == join_kind::left;
  if (j.kind == join_kind::right || j.kind == join_kind::full)
    return make_error(errc::sql_bad_join, j.right->at,
                      "the right side of this join depends on the left one",
                      "use JOIN, LEFT JOIN or CROSS JOIN");
  if (j.right->kind() == table_ref_kind::derived_table)
    return bind_lateral_query(queries, std::move(left), *j.right, outer_join, j.on.get(), outer);
  const bool plain = is_true(j.on);
  if (outer_join && !plain)
    return make_error(errc::sql_bad_join, j.on->at,
                      "LEFT JOIN with a table function takes only ON TRUE",
                      "filter in WHERE, or in the function's arguments");
  MILLRACE_TRY(auto joined, bind_correlate(queries, std::move(left), *j.right, outer_join, outer));
  if (plain) return joined;
  const name_scope scope{&joined, outer};
  expression_binder binder(queries, scope, "ON");
  MILLRACE_TRY(auto condition, binder.bind_condition(*j.on));
  joined.node = make_filter(std::move(condition), joined.node);
  return joined;
}

result<expr_ptr> join_condition(query_binder& queries, const join& j, const relation& both,
                                const using_keys& keys, const name_scope* outer) {
  if (!j.on) return conjunction(keys.conditions);
  const name_scope scope{&both, outer};
  expression_binder binder(queries, scope, "ON");
  MILLRACE_TRY(auto condition, binder.bind_condition(*j.on));
  return condition;
}

// Conditions over columns of the query around leave the join for WHERE, which is only the same for
// sides that the join does not pad.
result<void> take_correlation(expr_ptr& condition, relation& joined, const relation& left,
                              const relation& right, plan::join_kind kind, text_position at) {
  std::vector<expr_ptr> all;
  if (condition) expr::split_conjunction(condition, all);
  const auto outer = std::stable_partition(
      all.begin(), all.end(), [](const expr_ptr& c) { return !reads_from(*c, pending_base); });
  const bool inner = kind == plan::join_kind::inner;
  const bool pads_right = kind != plan::join_kind::inner && kind != plan::join_kind::right;
  const bool pads_left = kind != plan::join_kind::inner && kind != plan::join_kind::left;
  if ((!inner && outer != all.end()) || (pads_right && !right.correlation.empty()) ||
      (pads_left && !left.correlation.empty()))
    return make_error(errc::sql_not_supported, at,
                      "an outer join of a sub-query may not use columns of the query around it",
                      "join inside of a derived table and compare in WHERE");
  joined.correlation.insert(joined.correlation.end(), outer, all.end());
  all.erase(outer, all.end());
  MILLRACE_TRY(condition, conjunction(all));
  return {};
}

}  // namespace

result<relation> bind_join(query_binder& queries, const join& j, text_position at,
                           const name_scope* outer) {
  MILLRACE_TRY(auto left, bind_from(queries, *j.left, outer));
  if (j.right->system_time) return bind_temporal_join(queries, j, std::move(left), at, outer);
  if (is_correlated_item(*j.right) || j.right->lateral)
    return bind_lateral(queries, j, std::move(left), outer);
  MILLRACE_TRY(const auto right, bind_from(queries, *j.right, outer));
  const auto columns = j.natural ? natural_columns(left, right, at) : j.columns;
  MILLRACE_TRY(const auto keys, bind_using(left, right, columns));
  const auto kind = plan_kind(j.kind);
  // ON sees the columns as they are before padding.
  const auto before =
      combined(left, right, make_join(plan::join_kind::inner, nullptr, left.node, right.node));
  MILLRACE_TRY(auto condition, join_condition(queries, j, before, keys, outer));
  relation moved;
  MILLRACE_CHECK(take_correlation(condition, moved, left, right, kind, at));
  auto joined = combined(left, right, make_join(kind, std::move(condition), left.node, right.node));
  joined.correlation.insert(joined.correlation.end(), moved.correlation.begin(),
                            moved.correlation.end());
  MILLRACE_CHECK(merge(joined, columns, keys, j.kind));
  return joined;
}

}  // namespace millrace::sql
