#include "core/expr/registry.hpp"
#include "core/sql/bind/query_binder.hpp"
#include "core/sql/bind/relation.hpp"
#include "core/sql/bind/table_builder.hpp"
#include "core/sql/session/session.hpp"

namespace millrace::sql {
namespace {

statement_outcome done() { return message_outcome{"OK"}; }

result<void> placed_at(result<void> r, const qualified_name& name) {
  if (r.ok()) return r;
  auto e = r.take_error();
  if (!e.at && !name.empty()) e.at = name.back().at;
  return e;
}

}  // namespace

result<statement_outcome> session::create(const create_table& s) {
  MILLRACE_TRY(const auto path, objects_.complete(s.table));
  const bool temporary = s.temporary != temporary_kind::permanent;
  if (s.if_not_exists && objects_.find(path)) return done();
  const auto env = environment();
  std::vector<plan::logical_column> columns;
  if (s.as_query) {
    query_binder binder(env);
    MILLRACE_TRY(const auto root, binder.bind_root(*s.as_query));
    columns = root->columns;
    if (!s.column_names.empty())
      return make_error(errc::sql_not_supported, s.column_names[0].at,
                        "column names before AS SELECT are not supported",
                        "name the columns in SELECT");
  }
  MILLRACE_TRY(auto table, build_table(env, s, path, columns));
  auto shared = std::make_shared<const plan::table_definition>(std::move(table));
  MILLRACE_CHECK(
      placed_at(objects_.add(path, {std::move(shared), nullptr, temporary}, s.replace), s.table));
  if (!s.as_query) return done();
  insert fill;
  fill.table = s.table;
  fill.source = *s.as_query;
  return insert_into(fill);
}

result<statement_outcome> session::create(const create_view& s) {
  MILLRACE_TRY(const auto path, objects_.complete(s.view));
  const bool temporary = s.temporary != temporary_kind::permanent;
  if (s.if_not_exists && objects_.find(path)) return done();
  const auto env = environment();
  MILLRACE_TRY(auto view, build_view(env, s.definition, s.columns, path));
  view.comment = s.comment.value_or("");
  auto shared = std::make_shared<const view_definition>(std::move(view));
  MILLRACE_CHECK(
      placed_at(objects_.add(path, {nullptr, std::move(shared), temporary}, false), s.view));
  return done();
}

result<statement_outcome> session::create(const create_function& s) {
  MILLRACE_TRY(auto path, objects_.complete(s.function));
  if (s.temporary == temporary_kind::temporary_system) path = {"", "", path.object};
  if (s.if_not_exists && objects_.find_function(path)) return done();
  if (s.alter && !objects_.find_function(path)) {
    if (s.if_exists) return done();
    return make_error(errc::sql_unknown_function, s.function.back().at,
                      "no function '" + path.object + "' to alter");
  }
  const auto builtin = expr::builtin_for_class(s.class_name);
  if (builtin.empty())
    return make_error(errc::sql_not_supported, s.class_at,
                      "the class '" + s.class_name + "' has no native function",
                      "code cannot be loaded; the reference of functions lists the class names "
                      "that are known");
  const bool temporary = s.temporary != temporary_kind::permanent;
  MILLRACE_CHECK(
      placed_at(objects_.add_function(
                    path, {path.object, s.class_name, std::string(builtin), temporary}, s.alter),
                s.function));
  return done();
}

result<statement_outcome> session::create(const create_database& s) {
  const auto& n = s.database;
  const auto in = n.size() > 1 ? n[0].text : objects_.current_catalog();
  if (s.if_not_exists && objects_.has_database(in, n.back().text)) return done();
  MILLRACE_CHECK(placed_at(objects_.create_database(in, n.back().text), n));
  properties made{s.comment.value_or(""), {}};
  for (const auto& option : s.options) made.options[option.key] = option.value;
  properties_[in + "." + n.back().text] = std::move(made);
  return done();
}

result<statement_outcome> session::drop(const drop_object& s, text_position at) {
  const auto& n = s.target;
  switch (s.object) {
    case object_kind::table:
    case object_kind::view: return drop_relation(s);
    case object_kind::function: {
      MILLRACE_TRY(auto path, objects_.complete(n));
      if (s.temporary == temporary_kind::temporary_system) path = {"", "", path.object};
      MILLRACE_TRY(const bool removed, objects_.remove_function(path));
      if (removed || s.if_exists) return done();
      return make_error(errc::sql_unknown_function, n.back().at,
                        "no function '" + path.object + "' to drop",
                        hint_for(path.object, objects_.functions()));
    }
    case object_kind::catalog:
      if (s.if_exists && !objects_.has_catalog(n[0].text)) return done();
      MILLRACE_CHECK(placed_at(objects_.drop_catalog(n[0].text), n));
      std::erase_if(properties_, [&](const auto& space) {
        return space.first == n[0].text || space.first.starts_with(n[0].text + ".");
      });
      return done();
    case object_kind::database: break;
  }
  static_cast<void>(at);
  const auto in = n.size() > 1 ? n[0].text : objects_.current_catalog();
  if (s.if_exists && !objects_.has_database(in, n.back().text)) return done();
  MILLRACE_CHECK(placed_at(objects_.drop_database(in, n.back().text, s.cascade), n));
  properties_.erase(in + "." + n.back().text);
  return done();
}

result<statement_outcome> session::drop_relation(const drop_object& s) {
  MILLRACE_TRY(const auto path, objects_.complete(s.target));
  const auto entry = objects_.find(path);
  const bool view = s.object == object_kind::view;
  const bool fits = view ? entry.view != nullptr : entry.table != nullptr;
  const bool temporary = s.temporary != temporary_kind::permanent;
  if (fits && entry.temporary && !temporary)
    return make_error(errc::sql_bad_ddl, s.target.back().at, "'" + to_text(path) + "' is temporary",
                      view ? "use DROP TEMPORARY VIEW" : "use DROP TEMPORARY TABLE");
  if (fits) {
    MILLRACE_TRY(const bool removed, objects_.remove(path, temporary));
    if (removed) return done();
  }
  if (s.if_exists) return done();
  const std::string what = view ? "view" : "table";
  return make_error(errc::sql_unknown_table, s.target.back().at,
                    "no " + what + " '" + to_text(path) + "' to drop",
                    hint_for(path.object, view ? objects_.views(path.catalog, path.database)
                                               : objects_.tables(path.catalog, path.database)));
}

result<statement_outcome> session::use(const use_object& s) {
  const auto& n = s.target;
  if (s.object == object_kind::catalog) {
    MILLRACE_CHECK(placed_at(objects_.use_catalog(n[0].text), n));
    return done();
  }
  const auto in = n.size() > 1 ? n[0].text : objects_.current_catalog();
  MILLRACE_CHECK(placed_at(objects_.use_database(in, n.back().text), n));
  return done();
}

}  // namespace millrace::sql
