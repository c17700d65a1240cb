#include "core/sql/catalog/definition_text.hpp"

#include "core/sql/ast/print.hpp"

namespace millrace::sql {
namespace {

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

std::string text_literal(std::string_view text) { return doubled(text, '\''); }

std::string comment_text(const std::string& comment) {
  return comment.empty() ? "" : " COMMENT " + text_literal(comment);
}

std::string column_text(const plan::table_column& c) {
  std::string text = quoted_name(c.name);
  if (c.kind == plan::column_kind::computed) return text + " AS " + c.computed_text;
  text += " " + data::to_text(c.type);
  if (c.kind == plan::column_kind::metadata) {
    text += " METADATA";
    if (c.metadata_key != c.name) text += " FROM " + text_literal(c.metadata_key);
    if (c.metadata_virtual) text += " VIRTUAL";
  }
  return text;
}

std::string names_text(const plan::table_definition& table,
                       const std::vector<std::uint32_t>& columns) {
  std::string text;
  for (const auto i : columns)
    text += (text.empty() ? "" : ", ") + quoted_name(table.columns[i].name);
  return "(" + text + ")";
}

std::string schema_text(const plan::table_definition& table) {
  std::string text;
  for (const auto& c : table.columns)
    text += (text.empty() ? "  " : ",\n  ") + column_text(c) + comment_text(c.comment);
  if (const auto& w = table.watermark)
    text += ",\n  WATERMARK FOR " + quoted_name(table.columns[w->column].name) + " AS " + w->text;
  if (!table.primary_key.empty())
    text += ",\n  PRIMARY KEY " + names_text(table, table.primary_key) + " NOT ENFORCED";
  return " (\n" + text + "\n)";
}

std::string options_text(const option_map& options, option_text shown) {
  std::string text;
  for (const auto& [key, value] : options)
    text += (text.empty() ? "  " : ",\n  ") + text_literal(key) + " = " +
            text_literal(shown(key, value));
  return text.empty() ? "" : "\nWITH (\n" + text + "\n)";
}

}  // namespace

std::string quoted_name(std::string_view name) { return doubled(name, '`'); }

std::string quoted_name(const object_path& path) {
  return quoted_name(path.catalog) + "." + quoted_name(path.database) + "." +
         quoted_name(path.object);
}

std::string create_statement(const std::string& name, const plan::table_definition& table,
                             option_text shown) {
  std::string text = "CREATE TABLE " + name + schema_text(table);
  if (!table.comment.empty()) text += "\nCOMMENT " + text_literal(table.comment);
  if (!table.partition_by.empty())
    text += "\nPARTITIONED BY " + names_text(table, table.partition_by);
  return text + options_text(table.options, shown);
}

std::string create_statement(const std::string& name, const view_definition& view) {
  std::string columns;
  for (const auto& column : view.column_names)
    columns += (columns.empty() ? "  " : ",\n  ") + quoted_name(column);
  return "CREATE VIEW " + name + " (\n" + columns + "\n)" + comment_text(view.comment) + "\nAS " +
         to_sql(*view.definition);
}

std::string create_statement(const std::string& name, const function_definition& function) {
  return "CREATE FUNCTION " + name + " AS " + text_literal(function.class_name);
}

}  // namespace millrace::sql
