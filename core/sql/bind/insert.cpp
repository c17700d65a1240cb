#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/nodes.hpp"
#include "core/sql/bind/table_builder.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_ptr;
using plan::logical_ptr;

namespace {

/// One column of the sink that the statement writes.
struct target_column {
  std::uint32_t index = 0;  ///< into the table's columns
  const partition_value* fixed = nullptr;
};

bool writable(const plan::table_column& c) {
  return c.kind == plan::column_kind::physical ||
         (c.kind == plan::column_kind::metadata && !c.metadata_virtual);
}

result<plan::table_ptr> sink_table(query_binder& queries, const insert& statement) {
  MILLRACE_TRY(const auto bound, queries.bind_named(statement.table, statement.hints));
  if (const auto* scan = std::get_if<plan::scan_node>(&bound.node->detail)) return scan->table;
  return make_error(errc::sql_bad_ddl, statement.table.back().at,
                    "'" + statement.table.back().text + "' is a view: nothing can be inserted",
                    "insert into a table");
}

result<std::uint32_t> column_index(const plan::table_definition& table, const name& column) {
  std::vector<std::string> known;
  for (std::uint32_t i = 0; i < table.columns.size(); ++i) {
    if (!writable(table.columns[i])) continue;
    if (table.columns[i].name == column.text) return i;
    known.push_back(table.columns[i].name);
  }
  return make_error(errc::sql_unknown_column, column.at,
                    "table '" + table.name + "' has no column '" + column.text + "' to write",
                    hint_for(column.text, known));
}

// The columns the query's output goes to, in its order.
result<std::vector<std::uint32_t>> written_columns(const plan::table_definition& table,
                                                   const insert& statement) {
  std::vector<std::uint32_t> fixed;
  for (const auto& p : statement.partition) {
    MILLRACE_TRY(const auto index, column_index(table, p.column));
    if (p.value) fixed.push_back(index);
  }
  std::vector<std::uint32_t> out;
  for (const auto& c : statement.columns) {
    if (c.size() != 1)
      return make_error(errc::sql_not_supported, c[0].at,
                        "a nested column cannot be inserted alone", "insert the whole ROW");
    MILLRACE_TRY(const auto index, column_index(table, c[0]));
    if (std::count(out.begin(), out.end(), index) != 0)
      return make_error(errc::sql_duplicate_name, c[0].at,
                        "column '" + c[0].text + "' is named twice");
    out.push_back(index);
  }
  if (!statement.columns.empty()) return out;
  for (std::uint32_t i = 0; i < table.columns.size(); ++i)
    if (writable(table.columns[i]) && std::count(fixed.begin(), fixed.end(), i) == 0)
      out.push_back(i);
  return out;
}

std::string schema_text(const std::vector<std::pair<std::string, data::data_type>>& columns) {
  std::string text;
  for (const auto& [name, type] : columns)
    text += (text.empty() ? "[" : ", ") + name + ": " + data::to_text(type);
  return text + "]";
}

error mismatch(const plan::logical_node& source, const plan::table_definition& table,
               const std::vector<std::uint32_t>& targets, text_position at, std::string why) {
  std::vector<std::pair<std::string, data::data_type>> query_schema;
  std::vector<std::pair<std::string, data::data_type>> sink_schema;
  for (const auto& c : source.columns) query_schema.emplace_back(c.name, c.type);
  for (const auto t : targets)
    sink_schema.emplace_back(table.columns[t].name, table.columns[t].type);
  return make_error(
      errc::sql_sink_mismatch, at,
      "query and sink '" + table.name + "' do not fit: " + std::move(why),
      "query schema: " + schema_text(query_schema) + "; sink schema: " + schema_text(sink_schema));
}

// Any number or time also goes into text: wider than Flink, whose users write the CAST.
bool fits(const data::data_type& from, const data::data_type& to) {
  if (expr::implicitly_castable(from, to)) return true;
  return data::is_character(to.id()) && !data::is_nested(from.id());
}

result<expr_ptr> fixed_value(query_binder& queries, const partition_value& p,
                             const data::data_type& type) {
  const relation nothing{make_node(plan::values_node{}, {}, {}), {}, {}};
  const name_scope scope{&nothing, nullptr};
  expression_binder binder(queries, scope, "PARTITION");
  MILLRACE_TRY(auto bound, binder.bind(*p.value));
  return placed(expr::make_cast(std::move(bound), type), p.column.at);
}

}  // namespace

result<logical_ptr> bind_insert(query_binder& queries, const insert& statement) {
  MILLRACE_TRY(const auto table, sink_table(queries, statement));
  MILLRACE_TRY(const auto targets, written_columns(*table, statement));
  MILLRACE_TRY(auto source, queries.bind_root(statement.source));
  const auto at = statement.source.at;
  if (source->columns.size() != targets.size())
    return mismatch(*source, *table, targets, at,
                    "the query has " + std::to_string(source->columns.size()) +
                        " columns, the sink takes " + std::to_string(targets.size()));
  std::vector<expr_ptr> values;
  std::vector<std::string> names;
  std::vector<std::int32_t> at_column(table->columns.size(), -1);
  bool changed = false;
  for (std::uint32_t i = 0; i < targets.size(); ++i) {
    const auto& to = table->columns[targets[i]];
    const auto column = column_of(*source, i);
    if (!fits(column->type, to.type))
      return mismatch(*source, *table, targets, at,
                      "column '" + source->columns[i].name + "' is " + data::to_text(column->type) +
                          ", '" + to.name + "' is " + data::to_text(to.type));
    MILLRACE_TRY(auto value,
                 placed(expr::make_cast(column, to.type.as_nullable(column->type.nullable())), at));
    changed |= value != column;
    at_column[targets[i]] = static_cast<std::int32_t>(values.size());
    values.push_back(std::move(value));
    names.push_back(to.name);
  }
  for (const auto& p : statement.partition) {
    if (!p.value) continue;
    MILLRACE_TRY(const auto index, column_index(*table, p.column));
    MILLRACE_TRY(auto value, fixed_value(queries, p, table->columns[index].type));
    at_column[index] = static_cast<std::int32_t>(values.size());
    values.push_back(std::move(value));
    names.push_back(p.column.text);
    changed = true;
  }
  if (changed) source = make_project(std::move(values), names, source);
  plan::sink_node sink;
  sink.table = table;
  sink.overwrite = statement.overwrite;
  for (std::size_t i = 0; i < table->columns.size(); ++i) {
    const auto& c = table->columns[i];
    if (c.kind == plan::column_kind::computed) continue;
    if (at_column[i] < 0 && !c.type.nullable() && writable(c))
      return make_error(
          errc::sql_sink_mismatch, statement.table.back().at,
          "column '" + c.name + "' of '" + table->name + "' is NOT NULL and gets no value",
          "add it to the columns of the INSERT");
    sink.source_of.push_back(at_column[i]);
  }
  auto columns = source->columns;
  return make_node(std::move(sink), {std::move(source)}, std::move(columns));
}

logical_ptr collect_sink(logical_ptr root) {
  auto table = std::make_shared<plan::table_definition>();
  table->name = "collect";
  plan::sink_node sink;
  for (std::size_t i = 0; i < root->columns.size(); ++i) {
    const auto& c = root->columns[i];
    table->columns.push_back({c.name, c.type, plan::column_kind::physical, nullptr, {}, false, {}});
    sink.source_of.push_back(static_cast<std::int32_t>(i));
  }
  sink.table = std::move(table);
  sink.collect = true;
  auto columns = root->columns;
  return make_node(std::move(sink), {std::move(root)}, std::move(columns));
}

}  // namespace millrace::sql
