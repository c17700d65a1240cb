#include "core/sql/bind/from.hpp"

#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/nodes.hpp"

#include <algorithm>

namespace millrace::sql {

using plan::logical_ptr;

namespace {

option_map plan_hints(const std::vector<hint>& hints) {
  option_map out;
  for (const auto& h : hints) {
    if (h.name == "OPTIONS") continue;
    for (const auto& option : h.options) out[h.name + "." + option.key] = option.value;
    std::string arguments;
    for (const auto& a : h.arguments) arguments += (arguments.empty() ? "" : ",") + a;
    if (h.options.empty()) out[h.name] = arguments;
  }
  return out;
}

result<relation> bind_derived(query_binder& queries, const derived_table& table,
                              const name_scope* outer) {
  MILLRACE_TRY(auto bound, queries.bind(*table.subquery, outer));
  auto out = make_relation(bound.node);
  out.tables[0].columns.resize(bound.visible);
  out.correlation = std::move(bound.correlation);
  for (std::size_t i = 0; i < bound.origins.size() && i < out.tables[0].columns.size(); ++i)
    out.tables[0].columns[i].origin = bound.origins[i];
  return out;
}

// A FROM item that stands alone, right of nothing: a table function is joined with one row.
result<relation> one_row() {
  plan::values_node values;
  values.rows.push_back({expr::make_literal(expr::int_literal(0))});
  const data::data_type integer(data::type_id::integer, false);
  relation out;
  out.node = make_node(std::move(values), {}, {{"ZERO", integer, {}}});
  return out;
}

result<relation> bind_function(query_binder& queries, const table_ref& ref,
                               const name_scope* outer) {
  if (const auto* f = ref.get_if<table_function>())
    if (const auto* call = f->call.get_if<function_call>(); call && is_window_function(*call))
      return bind_window_function(queries, *call, f->call.at, outer);
  MILLRACE_TRY(auto single, one_row());
  return bind_correlate(queries, std::move(single), ref, false, outer);
}

result<relation> bind_primary(query_binder& queries, const table_ref& ref,
                              const name_scope* outer) {
  switch (ref.kind()) {
    case table_ref_kind::named_table:
      return queries.bind_named(ref.as<named_table>().table, ref.hints);
    case table_ref_kind::derived_table:
      return bind_derived(queries, ref.as<derived_table>(), outer);
    case table_ref_kind::table_function:
    case table_ref_kind::unnest: return bind_function(queries, ref, outer);
    case table_ref_kind::join: return bind_join(queries, ref.as<join>(), ref.at, outer);
    case table_ref_kind::match_recognize: break;
  }
  return bind_match(queries, ref.as<match_recognize>(), ref.at, outer);
}

}  // namespace

result<relation> bind_from(query_binder& queries, const table_ref& from, const name_scope* outer) {
  if (from.system_time)
    return make_error(errc::sql_bad_join, from.system_time->at,
                      "FOR SYSTEM_TIME AS OF stands only right of a join",
                      "join the table with a stream that has a time attribute");
  MILLRACE_TRY(auto bound, bind_primary(queries, from, outer));
  auto hints = plan_hints(from.hints);
  if (!hints.empty() && from.kind() != table_ref_kind::join) {
    auto copy = std::make_shared<plan::logical_node>(*bound.node);
    copy->hints = std::move(hints);
    bound.node = std::move(copy);
  }
  return aliased(std::move(bound), from);
}

result<relation> aliased(relation input, const table_ref& ref) {
  if (!ref.alias) return input;
  scope_table table;
  table.alias = ref.alias->text;
  for (const auto& t : input.tables)
    for (auto column : t.columns) {
      column.origin.clear();
      table.columns.push_back(std::move(column));
    }
  if (!ref.alias_columns.empty() && ref.alias_columns.size() != table.columns.size())
    return make_error(errc::sql_bad_argument, ref.alias->at,
                      "'" + ref.alias->text + "' names " +
                          std::to_string(ref.alias_columns.size()) + " columns, the table has " +
                          std::to_string(table.columns.size()));
  for (std::size_t i = 0; i < ref.alias_columns.size(); ++i)
    table.columns[i].name = ref.alias_columns[i].text;
  input.tables = {std::move(table)};
  input.merged.clear();
  return input;
}

relation combined(const relation& left, const relation& right, logical_ptr node) {
  const auto by = static_cast<std::uint32_t>(left.node->columns.size());
  relation out{std::move(node), left.tables, left.merged, left.correlation};
  for (const auto& c : right.correlation) out.correlation.push_back(shifted(c, by));
  for (auto table : right.tables) {
    for (auto& column : table.columns) column.index += by;
    out.tables.push_back(std::move(table));
  }
  for (auto m : right.merged) {
    m.value = shifted(m.value, by);
    for (auto& h : m.hides) h += by;
    out.merged.push_back(std::move(m));
  }
  return out;
}

}  // namespace millrace::sql
