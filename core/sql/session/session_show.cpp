#include "core/data/column_builder.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/relation.hpp"
#include "core/sql/catalog/definition_text.hpp"
#include "core/sql/session/like_pattern.hpp"
#include "core/sql/session/session.hpp"
#include "core/sql/session/session_options.hpp"

#include <algorithm>

namespace millrace::sql {
namespace {

using text_rows = std::vector<std::vector<std::string>>;

// A batch of STRING columns.
statement_outcome rows_of(const std::vector<std::string>& names, const text_rows& rows) {
  data::schema schema;
  for (const auto& n : names) schema.fields.push_back({n, data::data_type::string()});
  data::batch_builder builder(schema);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) builder.column_at(i).append_text(row[i]);
    builder.end_row();
  }
  return rows_outcome{std::move(schema), builder.finish(), false};
}

statement_outcome list(const show& s, const std::string& title, std::vector<std::string> names) {
  text_rows rows;
  std::sort(names.begin(), names.end());
  for (auto& n : names)
    if (!s.pattern || matches_like(n, *s.pattern, s.ilike) != s.not_like)
      rows.push_back({std::move(n)});
  return rows_of({title}, rows);
}

std::string key_text(const plan::table_definition& table, const std::vector<std::uint32_t>& key) {
  std::string text;
  for (const auto i : key) text += (text.empty() ? "" : ", ") + quoted_name(table.columns[i].name);
  return text;
}

std::vector<std::string> row_of(const plan::table_definition& table, std::uint32_t i) {
  const auto& c = table.columns[i];
  auto key = std::find(table.primary_key.begin(), table.primary_key.end(), i);
  std::string extras;
  if (c.kind == plan::column_kind::computed) extras = "AS " + c.computed_text;
  if (c.kind == plan::column_kind::metadata) extras = "METADATA FROM '" + c.metadata_key + "'";
  std::string watermark;
  std::string type = data::to_text(c.type.as_nullable());
  if (table.watermark && table.watermark->column == i) {
    watermark = table.watermark->text;
    type += " *ROWTIME*";
  }
  return {c.name,
          type,
          c.type.nullable() ? "TRUE" : "FALSE",
          key == table.primary_key.end() ? "" : "PRI(" + key_text(table, table.primary_key) + ")",
          extras,
          watermark};
}

text_rows description(const relation_entry& entry) {
  text_rows rows;
  if (entry.table)
    for (std::uint32_t i = 0; i < entry.table->columns.size(); ++i)
      rows.push_back(row_of(*entry.table, i));
  else
    for (std::size_t i = 0; i < entry.view->column_names.size(); ++i) {
      const auto& type = entry.view->column_types[i];
      rows.push_back({entry.view->column_names[i], data::to_text(type.as_nullable()),
                      type.nullable() ? "TRUE" : "FALSE", "", "", ""});
    }
  return rows;
}

const std::vector<std::string> description_columns = {"name", "type",   "null",
                                                      "key",  "extras", "watermark"};

struct found_relation {
  object_path path;
  relation_entry entry;
};

result<found_relation> find_relation(const catalog& objects, const qualified_name& name) {
  MILLRACE_TRY(auto path, objects.complete(name));
  auto entry = objects.find(path);
  if (entry) return found_relation{std::move(path), std::move(entry)};
  return make_error(errc::sql_unknown_table, name.back().at,
                    "no table or view '" + to_text(path) + "'",
                    hint_for(path.object, objects.tables(path.catalog, path.database)));
}

std::vector<std::string> all_functions(const catalog& objects) {
  auto names = objects.functions();
  for (const auto* f : expr::all_scalars()) names.emplace_back(f->name);
  for (const auto* f : expr::all_aggregates()) names.emplace_back(f->name);
  for (const auto* f : expr::all_table_functions()) names.emplace_back(f->name);
  return names;
}

}  // namespace

rows_outcome text_outcome(std::string column, const std::string& text) {
  auto outcome = std::get<rows_outcome>(rows_of({std::move(column)}, {{text}}));
  outcome.is_text = true;
  return outcome;
}

result<statement_outcome> session::show_objects(const show& s, text_position at) {
  const auto in_catalog = s.of.size() > 1 ? s.of[0].text : objects_.current_catalog();
  const auto in_database = s.of.empty() ? objects_.current_database() : s.of.back().text;
  switch (s.what) {
    case show_kind::catalogs: return list(s, "catalog name", objects_.catalogs());
    case show_kind::current_catalog:
      return rows_of({"current catalog name"}, {{objects_.current_catalog()}});
    case show_kind::databases:
      return list(s, "database name",
                  objects_.databases(s.of.empty() ? objects_.current_catalog() : s.of[0].text));
    case show_kind::current_database:
      return rows_of({"current database name"}, {{objects_.current_database()}});
    case show_kind::tables: return list(s, "table name", objects_.tables(in_catalog, in_database));
    case show_kind::views: return list(s, "view name", objects_.views(in_catalog, in_database));
    case show_kind::functions: return list(s, "function name", all_functions(objects_));
    case show_kind::user_functions: return list(s, "function name", objects_.functions());
    case show_kind::modules:
    case show_kind::full_modules: return rows_of({"module name"}, {{"core"}});
    case show_kind::columns: {
      MILLRACE_TRY(const auto found, find_relation(objects_, s.of));
      auto rows = description(found.entry);
      std::erase_if(rows, [&](const auto& row) {
        return s.pattern && matches_like(row[0], *s.pattern, s.ilike) == s.not_like;
      });
      return rows_of(description_columns, rows);
    }
    case show_kind::create_table:
    case show_kind::create_view: return show_create(s);
    case show_kind::create_catalog:
    case show_kind::create_database: return show_create_space(s);
    case show_kind::jobs: return show_jobs(at);
    case show_kind::jars: return rows_of({"jars"}, {});
    case show_kind::procedures: return rows_of({"procedure name"}, {});
    default: break;
  }
  return make_error(errc::sql_not_supported, at, "this form of SHOW is not supported");
}

result<statement_outcome> session::show_create(const show& s) {
  MILLRACE_TRY(const auto found, find_relation(objects_, s.of));
  const bool view = s.what == show_kind::create_view;
  if (view != (found.entry.view != nullptr))
    return make_error(errc::sql_bad_ddl, s.of.back().at,
                      view ? "this is a table" : "this is a view",
                      view ? "use SHOW CREATE TABLE" : "use SHOW CREATE VIEW");
  const auto text =
      view ? create_statement(quoted_name(found.path), *found.entry.view)
           : create_statement(quoted_name(found.path), *found.entry.table, shown_value);
  return text_outcome("result", text);
}

// CREATE CATALOG or CREATE DATABASE as it would be written.
result<statement_outcome> session::show_create_space(const show& s) const {
  const bool of_catalog = s.what == show_kind::create_catalog;
  MILLRACE_TRY(const auto space, space_of(s.of, of_catalog));
  const auto found = properties_.find(space);
  const auto known = found == properties_.end() ? properties() : found->second;
  std::string text = of_catalog ? "CREATE CATALOG " : "CREATE DATABASE ";
  text += quoted_name(s.of.back().text);
  if (!known.comment.empty()) text += "\nCOMMENT '" + known.comment + "'";
  std::string options;
  for (const auto& [key, value] : known.options)
    options +=
        (options.empty() ? "\n  '" : ",\n  '") + key + "' = '" + shown_value(key, value) + "'";
  if (!options.empty()) text += "\nWITH (" + options + "\n)";
  return text_outcome("result", text);
}

result<statement_outcome> session::describe_space(const describe& s) const {
  const bool of_catalog = s.object == object_kind::catalog;
  MILLRACE_TRY(const auto space, space_of(s.target, of_catalog));
  const auto found = properties_.find(space);
  const auto known = found == properties_.end() ? properties() : found->second;
  const auto type = known.options.find("type");
  text_rows rows{{"name", s.target.back().text}};
  if (of_catalog)
    rows.push_back({"type", type == known.options.end() ? "generic_in_memory" : type->second});
  rows.push_back({"comment", known.comment});
  for (const auto& [key, value] : known.options)
    if (s.extended && key != "type") rows.push_back({"option:" + key, shown_value(key, value)});
  return rows_of({"info name", "info value"}, rows);
}

result<statement_outcome> session::describe_object(const describe& s, text_position at) {
  if (s.object == object_kind::catalog || s.object == object_kind::database)
    return describe_space(s);
  if (s.object != object_kind::table && s.object != object_kind::view)
    return make_error(errc::sql_not_supported, at, "DESCRIBE takes a table or a view here");
  MILLRACE_TRY(const auto found, find_relation(objects_, s.target));
  return rows_of(description_columns, description(found.entry));
}

result<statement_outcome> session::set_or_list(const set_option& s) {
  if (!s.key) {
    text_rows rows;
    for (const auto& [key, value] : options_) rows.push_back({key, shown_value(key, value)});
    return rows_of({"key", "value"}, rows);
  }
  if (!s.value) {
    const auto found = options_.find(*s.key);
    if (found == options_.end()) return rows_of({"key", "value"}, {{*s.key, ""}});
    return rows_of({"key", "value"}, {{*s.key, shown_value(*s.key, found->second)}});
  }
  auto done = set(*s.key, *s.value);
  if (done.ok()) return statement_outcome(message_outcome{"OK"});
  auto e = done.take_error();
  if (!e.at) e.at = e.code == errc::config_unknown_option ? s.key_at : s.value_at;
  return e;
}

}  // namespace millrace::sql
