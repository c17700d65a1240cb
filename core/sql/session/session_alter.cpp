#include "core/sql/bind/relation.hpp"
#include "core/sql/bind/table_builder.hpp"
#include "core/sql/bind/table_changes.hpp"
#include "core/sql/session/session.hpp"

#include <algorithm>

namespace millrace::sql {
namespace {

statement_outcome done() { return message_outcome{"OK"}; }

error missing(const catalog& objects, const object_path& path, const qualified_name& name,
              std::string_view what) {
  return make_error(errc::sql_unknown_table, name.back().at,
                    "no " + std::string(what) + " '" + to_text(path) + "' to alter",
                    hint_for(path.object, objects.tables(path.catalog, path.database)));
}

// Puts an entry under another name of the same database.
result<void> rename_entry(catalog& objects, const object_path& path, relation_entry entry,
                          const qualified_name& new_name) {
  auto to = path;
  to.object = new_name.back().text;
  if (entry.table) {
    auto table = *entry.table;
    table.name = to_text(to);
    entry.table = std::make_shared<const plan::table_definition>(std::move(table));
  } else {
    auto view = *entry.view;
    view.name = to_text(to);
    entry.view = std::make_shared<const view_definition>(std::move(view));
  }
  const bool temporary = entry.temporary;
  MILLRACE_CHECK(objects.add(to, std::move(entry), false));
  MILLRACE_CHECK(objects.remove(path, temporary));
  return {};
}

}  // namespace

result<statement_outcome> session::alter(const alter_object& s, text_position at) {
  if (s.object == object_kind::view) return alter_view(s, at);
  if (s.object == object_kind::table) return alter_table(s, at);
  return alter_properties(s);
}

// The key in `properties_` of a catalog, or of a database.
result<std::string> session::space_of(const qualified_name& name, bool of_catalog) const {
  const auto& last = name.back();
  if (of_catalog) {
    if (objects_.has_catalog(last.text)) return last.text;
    return make_error(errc::sql_unknown_table, last.at, "no catalog '" + last.text + "'",
                      hint_for(last.text, objects_.catalogs()));
  }
  const auto in = name.size() > 1 ? name[0].text : objects_.current_catalog();
  if (objects_.has_database(in, last.text)) return in + "." + last.text;
  return make_error(errc::sql_unknown_table, last.at, "no database '" + last.text + "'",
                    hint_for(last.text, objects_.databases(in)));
}

// ALTER CATALOG and DATABASE: what they say is told by DESCRIBE and SHOW CREATE.
result<statement_outcome> session::alter_properties(const alter_object& s) {
  const bool of_catalog = s.object == object_kind::catalog;
  MILLRACE_TRY(const auto space, space_of(s.target, of_catalog));
  const auto is_type = [](const std::string& key) { return key == "type"; };
  if (of_catalog && (std::ranges::any_of(s.options, is_type, &option_entry::key) ||
                     std::ranges::any_of(s.keys, is_type)))
    return make_error(errc::sql_bad_ddl, s.target.back().at, "the type of a catalog cannot change",
                      "create another catalog");
  auto& known = properties_[space];
  for (const auto& option : s.options) known.options[option.key] = option.value;
  for (const auto& key : s.keys) known.options.erase(key);
  if (s.comment) known.comment = *s.comment;
  return done();
}

result<statement_outcome> session::alter_view(const alter_object& s, text_position at) {
  MILLRACE_TRY(const auto path, objects_.complete(s.target));
  auto entry = objects_.find(path);
  if (!entry.view) {
    if (s.if_exists) return done();
    return missing(objects_, path, s.target, "view");
  }
  if (s.action == alter_action::rename) {
    MILLRACE_CHECK(rename_entry(objects_, path, entry, s.new_name));
    return done();
  }
  if (s.action != alter_action::as_query)
    return make_error(errc::sql_not_supported, at, "this form of ALTER VIEW is not supported",
                      "drop the view and create it again");
  const auto env = environment();
  MILLRACE_TRY(auto view, build_view(env, *s.definition, {}, path));
  entry.view = std::make_shared<const view_definition>(std::move(view));
  MILLRACE_CHECK(objects_.add(path, std::move(entry), true));
  return done();
}

result<statement_outcome> session::alter_table(const alter_object& s, text_position at) {
  MILLRACE_TRY(const auto path, objects_.complete(s.target));
  auto entry = objects_.find(path);
  if (!entry.table) {
    if (s.if_exists) return done();
    return missing(objects_, path, s.target, "table");
  }
  if (s.action == alter_action::rename) {
    MILLRACE_CHECK(rename_entry(objects_, path, entry, s.new_name));
    return done();
  }
  auto table = *entry.table;
  switch (s.action) {
    case alter_action::set_options:
      for (const auto& option : s.options) table.options[option.key] = option.value;
      break;
    case alter_action::reset_options:
      for (const auto& key : s.keys) table.options.erase(key);
      break;
    case alter_action::drop_primary_key: table.primary_key.clear(); break;
    case alter_action::drop_watermark: table.watermark.reset(); break;
    case alter_action::drop_columns: MILLRACE_CHECK(drop_columns(table, s.columns)); break;
    case alter_action::rename_column:
      MILLRACE_CHECK(rename_column(table, s.columns.back(), s.new_name.back()));
      break;
    case alter_action::add:
    case alter_action::modify: {
      const bool modify = s.action == alter_action::modify;
      MILLRACE_TRY(table, change_table(environment(), std::move(table), s.schema, modify));
      break;
    }
    case alter_action::set_comment: table.comment = s.comment.value_or(""); break;
    default:
      return make_error(errc::sql_not_supported, at, "this form of ALTER TABLE is not supported",
                        "create a new table LIKE the old one");
  }
  if (check_options_) {
    MILLRACE_TRY(table.options, check_options_(table));
  }
  entry.table = std::make_shared<const plan::table_definition>(std::move(table));
  MILLRACE_CHECK(objects_.add(path, std::move(entry), true));
  return done();
}

}  // namespace millrace::sql
