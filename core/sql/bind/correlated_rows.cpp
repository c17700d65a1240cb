#include "core/sql/bind/correlated_rows.hpp"

#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/block_state.hpp"
#include "core/sql/bind/clause_binder.hpp"
#include "core/sql/bind/outer_values.hpp"

namespace millrace::sql {

using expr::expr_kind;
using expr::expr_ptr;

namespace {

result<std::vector<expr_ptr>> inner_keys(const bound_query& sub, std::string_view what,
                                         text_position at) {
  std::vector<expr_ptr> keys;
  for (const auto& condition : sub.correlation) {
    keys.push_back(inner_key(condition));
    if (!keys.back())
      return make_error(errc::sql_not_supported, at,
                        std::string(what) + " may only be correlated by equality",
                        "number the rows with ROW_NUMBER() in a derived table and join with it");
  }
  return keys;
}

result<expr_ptr> compared(std::string_view op, const expr_ptr& value, std::int64_t with) {
  return expr::make_call(op, {value, expr::make_literal(expr::bigint_literal(with))});
}

// Widens the node by the keys that are no columns of it.
std::vector<std::uint32_t> key_columns(plan::logical_ptr& node, const std::vector<expr_ptr>& keys) {
  std::vector<std::uint32_t> columns;
  std::vector<expr_ptr> more;
  for (const auto& k : keys) {
    if (k->kind == expr_kind::column) {
      columns.push_back(k->column);
      continue;
    }
    columns.push_back(static_cast<std::uint32_t>(node->columns.size() + more.size()));
    more.push_back(k);
  }
  node = with_more_columns(node, more);
  return columns;
}

}  // namespace

result<bound_query> limited_per_key(bound_query input, const plan::sort_node& by,
                                    text_position at) {
  if (!by.limit)
    return make_error(errc::sql_not_supported, at,
                      "ORDER BY without LIMIT in a sub-query that uses outer columns",
                      "leave it out: the rows of a sub-query have no order");
  MILLRACE_TRY(const auto keys,
               inner_keys(input, "a sub-query with LIMIT that uses outer columns", at));
  plan::over_node over;
  over.order = by.keys;
  if (over.order.empty())
    for (std::uint32_t i = 0; i < input.visible; ++i) over.order.push_back({i, false, true});
  over.partition = key_columns(input.node, keys);
  const data::data_type number(data::type_id::bigint, false);
  plan::over_call call;
  call.function = "ROW_NUMBER";
  call.type = number;
  call.name = "$n";
  over.calls.push_back(call);
  auto columns = input.node->columns;
  const auto row = expr::make_column(static_cast<std::uint32_t>(columns.size()), number);
  columns.push_back({call.name, number, {}});
  auto numbered = make_node(std::move(over), {input.node}, std::move(columns));
  MILLRACE_TRY(auto last, compared("<=", row, by.offset + *by.limit));
  MILLRACE_TRY(auto first, compared(">", row, by.offset));
  MILLRACE_TRY(auto range, expr::make_call("AND", {std::move(last), std::move(first)}));
  input.node = make_filter(std::move(range), std::move(numbered));
  input.one_row = *by.limit <= 1;
  return input;
}

result<bound_query> single_per_key(const bound_query& sub, text_position at) {
  MILLRACE_TRY(const auto keys, inner_keys(sub, "a scalar sub-query without an aggregate", at));
  column_list columns;
  plan::aggregate_node groups;
  bound_query single;
  single.visible = 1;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto column = columns.add(keys[i]);
    groups.groups.push_back(column);
    MILLRACE_TRY(auto moved,
                 rewrite(sub.correlation[i], [&](const expr_ptr& part) -> result<expr_ptr> {
                   if (part != keys[i]) return expr_ptr();
                   return expr::make_column(static_cast<std::uint32_t>(i) + 1, part->type);
                 }));
    single.correlation.push_back(std::move(moved));
  }
  std::vector<expr_ptr> argument{column_of(*sub.node, 0)};
  plan::aggregate_call call;
  call.function = "SINGLE_VALUE";
  call.name = sub.node->columns[0].name;
  MILLRACE_CHECK(resolve_aggregate(call.function, at, argument, call.constants, call.overload));
  call.arguments.push_back(columns.add(argument[0]));
  const auto value = call.overload.result_type.as_nullable();
  std::vector<plan::logical_column> output;
  for (const auto& k : keys) output.push_back({"$k" + std::to_string(output.size()), k->type, {}});
  output.push_back({call.name, value, {}});
  groups.calls.push_back(std::move(call));
  auto node = make_node(std::move(groups), {columns.project(sub.node)}, output);
  std::vector<expr_ptr> order{column_of(*node, static_cast<std::uint32_t>(keys.size()))};
  std::vector<std::string> names{output.back().name};
  for (std::uint32_t i = 0; i < keys.size(); ++i) {
    order.push_back(column_of(*node, i));
    names.push_back(output[i].name);
  }
  single.node = make_project(std::move(order), names, std::move(node));
  single.one_row = true;
  return single;
}

}  // namespace millrace::sql
