#include "core/sql/bind/table_changes.hpp"

#include "core/sql/bind/relation.hpp"

#include <algorithm>

namespace millrace::sql {

using plan::table_definition;

namespace {

result<std::uint32_t> column_named(const table_definition& table, const name& n) {
  std::vector<std::string> known;
  for (std::uint32_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == n.text) return i;
    known.push_back(table.columns[i].name);
  }
  return make_error(errc::sql_bad_ddl, n.at, "no column '" + n.text + "' in the table",
                    hint_for(n.text, known));
}

bool reads(const expr::expr_ptr& e, std::uint32_t column) {
  std::vector<std::uint32_t> columns;
  expr::collect_columns(*e, columns);
  return std::ranges::find(columns, column) != columns.end();
}

// The expression that names the column, or nothing.
std::string reader_of(const table_definition& table, std::uint32_t column) {
  if (table.watermark && reads(table.watermark->expression, column)) return "the watermark";
  for (const auto& c : table.columns)
    if (c.computed && reads(c.computed, column)) return "the computed column '" + c.name + "'";
  return {};
}

// What needs the column, or nothing.
std::string user_of(const table_definition& table, std::uint32_t column) {
  if (std::ranges::count(table.primary_key, column) != 0) return "the primary key";
  if (std::ranges::count(table.partition_by, column) != 0) return "PARTITIONED BY";
  if (table.watermark && table.watermark->column == column) return "the watermark";
  return reader_of(table, column);
}

std::vector<std::uint32_t> all_but(const table_definition& table, std::uint32_t column) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < table.columns.size(); ++i)
    if (i != column) order.push_back(i);
  return order;
}

}  // namespace

void arrange_columns(table_definition& table, const std::vector<std::uint32_t>& order) {
  std::vector<std::uint32_t> place(table.columns.size(), 0);
  std::vector<plan::table_column> columns;
  for (const auto i : order) {
    place[i] = static_cast<std::uint32_t>(columns.size());
    columns.push_back(table.columns[i]);
  }
  for (auto& c : columns)
    if (c.computed) c.computed = expr::remap_columns(c.computed, place);
  for (auto* indices : {&table.primary_key, &table.partition_by})
    for (auto& i : *indices) i = place[i];
  if (table.watermark) {
    table.watermark->column = place[table.watermark->column];
    table.watermark->expression = expr::remap_columns(table.watermark->expression, place);
  }
  table.columns = std::move(columns);
}

result<void> drop_columns(table_definition& table, const qualified_name& names) {
  for (const auto& n : names) {
    MILLRACE_TRY(const auto column, column_named(table, n));
    if (const auto user = user_of(table, column); !user.empty())
      return make_error(errc::sql_bad_ddl, n.at, user + " needs the column '" + n.text + "'",
                        "drop that first");
    if (table.columns.size() == 1)
      return make_error(errc::sql_bad_ddl, n.at, "a table cannot lose its last column",
                        "use DROP TABLE");
    arrange_columns(table, all_but(table, column));
  }
  return {};
}

result<void> rename_column(table_definition& table, const name& from, const name& to) {
  MILLRACE_TRY(const auto column, column_named(table, from));
  for (const auto& c : table.columns)
    if (c.name == to.text)
      return make_error(errc::sql_duplicate_name, to.at,
                        "the table has a column '" + to.text + "' already");
  if (const auto reader = reader_of(table, column); !reader.empty())
    return make_error(errc::sql_bad_ddl, from.at, reader + " names the column '" + from.text + "'",
                      "drop that first");
  table.columns[column].name = to.text;
  return {};
}

result<void> place_columns(table_definition& table, const std::vector<column_definition>& columns) {
  for (const auto& d : columns) {
    if (!d.first && !d.after) continue;
    MILLRACE_TRY(const auto column, column_named(table, d.column));
    auto order = all_but(table, column);
    auto place = order.begin();
    if (d.after) {
      MILLRACE_TRY(const auto before, column_named(table, *d.after));
      if (before == column)
        return make_error(errc::sql_bad_ddl, d.after->at, "a column cannot stand after itself");
      place = std::ranges::find(order, before) + 1;
    }
    order.insert(place, column);
    arrange_columns(table, order);
  }
  return {};
}

}  // namespace millrace::sql
