#include "core/sql/bind/nodes.hpp"
#include "core/sql/bind/query_binder.hpp"

#include <algorithm>

namespace millrace::sql {

using plan::logical_ptr;

namespace {

plan::time_attribute time_of(const plan::table_definition& table, std::uint32_t column) {
  if (table.watermark && table.watermark->column == column) return plan::time_attribute::row_time;
  const auto& c = table.columns[column];
  if (c.kind == plan::column_kind::computed && c.computed &&
      c.computed->kind == expr::expr_kind::call && c.computed->function == "PROCTIME")
    return plan::time_attribute::processing_time;
  return plan::time_attribute::none;
}

relation named_relation(logical_ptr node, const object_path& path) {
  auto out = make_relation(std::move(node), path.object);
  out.tables[0].path = {path.catalog, path.database, path.object};
  return out;
}

}  // namespace

logical_ptr make_scan(const plan::table_ptr& table) {
  std::vector<plan::logical_column> columns;
  for (std::uint32_t i = 0; i < table->columns.size(); ++i)
    columns.push_back({table->columns[i].name, table->columns[i].type, time_of(*table, i)});
  return make_node(plan::scan_node{table, std::nullopt}, {}, std::move(columns));
}

const function_definition* query_binder::find_function(const qualified_name& name) const {
  const auto path = catalog::complete(name, catalog_, database_);
  if (!path.ok()) return nullptr;
  if (const auto* found = environment_.objects.find_function(*path)) return found;
  return name.size() == 1 ? environment_.objects.find_function({"", "", name[0].text}) : nullptr;
}

std::vector<std::string> query_binder::known_relations() const {
  auto names = environment_.objects.tables(catalog_, database_);
  for (const auto& table : common_tables_) names.push_back(table.name);
  return names;
}

result<relation> query_binder::bind_named(const qualified_name& name,
                                          const std::vector<hint>& hints) {
  if (name.size() == 1)
    for (auto it = common_tables_.rbegin(); it != common_tables_.rend(); ++it)
      if (it->name == name[0].text) return make_relation(it->node, it->name);
  MILLRACE_TRY(const auto path, catalog::complete(name, catalog_, database_));
  const auto entry = environment_.objects.find(path);
  if (entry.table) return bind_table(entry.table, path, hints);
  if (entry.view) return bind_view(entry.view, path);
  const auto known = known_relations();
  return make_error(
      errc::sql_unknown_table, name.back().at, "no table or view '" + to_text(path) + "'",
      known.empty() ? "declare it with CREATE TABLE first" : hint_for(path.object, known));
}

result<plan::table_ptr> query_binder::with_hints(const plan::table_ptr& table,
                                                 const std::vector<hint>& hints) {
  auto changed = *table;
  bool any = false;
  for (const auto& h : hints)
    if (h.name == "OPTIONS")
      for (const auto& option : h.options) {
        changed.options[option.key] = option.value;
        any = true;
      }
  if (!any) return table;
  if (environment_.check_options) {
    MILLRACE_TRY(changed.options, environment_.check_options(changed));
  }
  return plan::table_ptr(std::make_shared<const plan::table_definition>(std::move(changed)));
}

result<relation> query_binder::bind_table(const plan::table_ptr& table, const object_path& path,
                                          const std::vector<hint>& hints) {
  MILLRACE_TRY(const auto used, with_hints(table, hints));
  if (used != table) return named_relation(make_scan(used), path);
  auto& scan = scans_[table.get()];
  if (!scan) scan = make_scan(table);
  return named_relation(scan, path);
}

result<relation> query_binder::bind_view(const view_ptr& view, const object_path& path) {
  auto& node = views_[view.get()];
  if (!node) {
    auto bound = view_plan(view);
    if (!bound.ok()) {
      auto e = bound.take_error();
      e.message = "in view '" + view->name + "': " + e.message;
      return e;
    }
    node = *bound;
  }
  return named_relation(node, path);
}

// A view is bound as seen from where it was made, without the WITH queries of its user.
result<logical_ptr> query_binder::view_plan(const view_ptr& view) {
  if (open_views_.size() > 100)
    return make_error(errc::sql_too_deep, "views nest more than 100 deep");
  auto outer_tables = std::exchange(common_tables_, {});
  auto outer_catalog = std::exchange(catalog_, view->catalog);
  auto outer_database = std::exchange(database_, view->database);
  open_views_.push_back(view);
  auto bound = bind(*view->definition, nullptr);
  open_views_.pop_back();
  common_tables_ = std::move(outer_tables);
  catalog_ = std::move(outer_catalog);
  database_ = std::move(outer_database);
  if (!bound.ok()) return bound.take_error();
  if (view->column_names.size() != bound->node->columns.size())
    return make_error(errc::sql_bad_ddl, "the tables of view '" + view->name + "' have changed",
                      "drop the view and create it again");
  return renamed(bound->node, view->column_names);
}

}  // namespace millrace::sql
