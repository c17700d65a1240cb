#include "core/sql/catalog/catalog.hpp"

#include "core/sql/catalog/definition_text.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace millrace::sql {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

object_path function_key(object_path path) {
  path.object = lower(std::move(path.object));
  return path;
}

// The store needs an option's value to give it back.
std::string as_it_is(std::string_view, const std::string& value) { return value; }

std::string did_you_mean(const std::string& wrong, const std::vector<std::string>& known) {
  const auto near = nearest_name(wrong, known);
  return near.empty() ? std::string() : "did you mean '" + near + "'?";
}

}  // namespace

std::string to_text(const object_path& path) {
  return path.catalog + "." + path.database + "." + path.object;
}

catalog::catalog() : current_catalog_("default_catalog"), current_database_("default_database") {
  databases_[current_catalog_].push_back(current_database_);
}

result<void> catalog::use_catalog(const std::string& name) {
  if (!has_catalog(name))
    return make_error(errc::sql_unknown_table, "no catalog '" + name + "'",
                      did_you_mean(name, catalogs()));
  const auto& names = databases_.at(name);
  current_catalog_ = name;
  current_database_ = names.empty() ? std::string() : names.front();
  return {};
}

result<void> catalog::use_database(const std::string& catalog_name, const std::string& database) {
  if (!has_database(catalog_name, database))
    return make_error(errc::sql_unknown_table,
                      "no database '" + database + "' in catalog '" + catalog_name + "'",
                      did_you_mean(database, databases(catalog_name)));
  current_catalog_ = catalog_name;
  current_database_ = database;
  return {};
}

bool catalog::has_catalog(const std::string& name) const { return databases_.count(name) != 0; }

bool catalog::has_database(const std::string& catalog_name, const std::string& database) const {
  const auto found = databases_.find(catalog_name);
  return found != databases_.end() &&
         std::count(found->second.begin(), found->second.end(), database) != 0;
}

std::vector<std::string> catalog::catalogs() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : databases_) names.push_back(name);
  return names;
}

std::vector<std::string> catalog::databases(const std::string& catalog_name) const {
  const auto found = databases_.find(catalog_name);
  if (found == databases_.end()) return {};
  auto names = found->second;
  std::sort(names.begin(), names.end());
  return names;
}

result<void> catalog::create_catalog(const std::string& name) {
  if (has_catalog(name))
    return make_error(errc::sql_duplicate_name, "catalog '" + name + "' exists already",
                      "use IF NOT EXISTS or another name");
  databases_[name] = {"default"};
  return {};
}

void catalog::keep_in(const std::string& name, std::shared_ptr<catalog_store> store) {
  stores_[name] = std::move(store);
}

catalog_store* catalog::store_of(const std::string& name) const {
  const auto found = stores_.find(name);
  return found == stores_.end() ? nullptr : found->second.get();
}

result<void> catalog::create_database(const std::string& catalog_name,
                                      const std::string& database) {
  if (!has_catalog(catalog_name))
    return make_error(errc::sql_unknown_table, "no catalog '" + catalog_name + "'",
                      did_you_mean(catalog_name, catalogs()));
  if (has_database(catalog_name, database))
    return make_error(errc::sql_duplicate_name, "database '" + database + "' exists already",
                      "use IF NOT EXISTS or another name");
  if (auto* store = store_of(catalog_name)) MILLRACE_CHECK(store->create_database(database));
  databases_[catalog_name].push_back(database);
  return {};
}

result<void> catalog::drop_catalog(const std::string& name) {
  if (!has_catalog(name))
    return make_error(errc::sql_unknown_table, "no catalog '" + name + "'",
                      did_you_mean(name, catalogs()));
  if (name == current_catalog_)
    return make_error(errc::sql_bad_ddl, "catalog '" + name + "' is in use",
                      "USE CATALOG another one first");
  databases_.erase(name);
  stores_.erase(name);
  const auto inside = [&](const auto& e) { return e.first.catalog == name; };
  std::erase_if(permanent_, inside);
  std::erase_if(functions_, inside);
  return {};
}

result<void> catalog::drop_database(const std::string& catalog_name, const std::string& database,
                                    bool cascade) {
  if (!has_database(catalog_name, database))
    return make_error(errc::sql_unknown_table, "no database '" + database + "'",
                      did_you_mean(database, databases(catalog_name)));
  if (catalog_name == current_catalog_ && database == current_database_)
    return make_error(errc::sql_bad_ddl, "database '" + database + "' is in use",
                      "USE another one first");
  const auto inside = [&](const auto& e) {
    return e.first.catalog == catalog_name && e.first.database == database;
  };
  const bool empty =
      std::ranges::none_of(permanent_, inside) && std::ranges::none_of(functions_, inside);
  if (!cascade && !empty)
    return make_error(errc::sql_bad_ddl, "database '" + database + "' is not empty",
                      "use CASCADE to drop what is in it too");
  if (auto* store = store_of(catalog_name)) MILLRACE_CHECK(store->drop_database(database));
  std::erase_if(permanent_, inside);
  std::erase_if(functions_, inside);
  std::erase(databases_[catalog_name], database);
  return {};
}

result<object_path> catalog::complete(const qualified_name& name) const {
  return complete(name, current_catalog_, current_database_);
}

result<object_path> catalog::complete(const qualified_name& name, const std::string& catalog_name,
                                      const std::string& database) {
  switch (name.size()) {
    case 1: return object_path{catalog_name, database, name[0].text};
    case 2: return object_path{catalog_name, name[0].text, name[1].text};
    case 3: return object_path{name[0].text, name[1].text, name[2].text};
    default: break;
  }
  return make_error(errc::sql_unknown_table, name.empty() ? text_position{} : name[0].at,
                    "a name has at most three parts", "write catalog.database.object");
}

relation_entry catalog::find(const object_path& path) const {
  if (const auto over = temporary_.find(path); over != temporary_.end()) return over->second;
  const auto found = permanent_.find(path);
  return found == permanent_.end() ? relation_entry{} : found->second;
}

result<void> catalog::add(const object_path& path, relation_entry entry, bool replace) {
  if (!entry.temporary && !has_database(path.catalog, path.database))
    return make_error(errc::sql_unknown_table,
                      "no database '" + path.catalog + "." + path.database + "'",
                      did_you_mean(path.database, databases(path.catalog)));
  auto& objects = entry.temporary ? temporary_ : permanent_;
  if (objects.count(path) != 0 && !replace)
    return make_error(errc::sql_duplicate_name, "'" + to_text(path) + "' exists already",
                      "drop it first, or use IF NOT EXISTS");
  if (!entry.temporary) MILLRACE_CHECK(keep(path, entry));
  objects[path] = std::move(entry);
  return {};
}

result<void> catalog::keep(const object_path& path, const relation_entry& entry) const {
  auto* store = store_of(path.catalog);
  if (store == nullptr) return {};
  const auto name = quoted_name(path.object);
  if (entry.table)
    return store->write({{path.database, stored_kind::table, path.object},
                         create_statement(name, *entry.table, as_it_is)});
  if (entry.view->catalog != path.catalog || entry.view->database != path.database)
    return make_error(errc::sql_bad_ddl,
                      "the view '" + to_text(path) + "' looks its names up in " +
                          entry.view->catalog + "." + entry.view->database,
                      "USE the catalog and database that keep the view before it is made");
  return store->write(
      {{path.database, stored_kind::view, path.object}, create_statement(name, *entry.view)});
}

result<bool> catalog::remove(const object_path& path, bool temporary) {
  if (temporary) return temporary_.erase(path) != 0;
  const auto found = permanent_.find(path);
  if (found == permanent_.end()) return false;
  const auto kind = found->second.table ? stored_kind::table : stored_kind::view;
  if (auto* store = store_of(path.catalog))
    MILLRACE_CHECK(store->erase({path.database, kind, path.object}));
  permanent_.erase(found);
  return true;
}

namespace {

std::vector<std::string> names_in(const std::map<object_path, relation_entry>& permanent,
                                  const std::map<object_path, relation_entry>& temporary,
                                  const std::string& catalog_name, const std::string& database,
                                  bool views_only) {
  std::set<std::string> names;
  for (const auto* objects : {&permanent, &temporary})
    for (const auto& [path, entry] : *objects)
      if (path.catalog == catalog_name && path.database == database &&
          (!views_only || entry.view != nullptr))
        names.insert(path.object);
  return {names.begin(), names.end()};
}

}  // namespace

std::vector<std::string> catalog::tables(const std::string& catalog_name,
                                         const std::string& database) const {
  return names_in(permanent_, temporary_, catalog_name, database, false);
}

std::vector<std::string> catalog::views(const std::string& catalog_name,
                                        const std::string& database) const {
  return names_in(permanent_, temporary_, catalog_name, database, true);
}

const function_definition* catalog::find_function(const object_path& path) const {
  const auto found = functions_.find(function_key(path));
  return found == functions_.end() ? nullptr : &found->second;
}

result<void> catalog::add_function(const object_path& path, function_definition function,
                                   bool replace) {
  const auto key = function_key(path);
  if (functions_.count(key) != 0 && !replace)
    return make_error(errc::sql_duplicate_name, "function '" + path.object + "' exists already",
                      "drop it first, or use IF NOT EXISTS");
  if (auto* store = store_of(path.catalog); store != nullptr && !function.temporary)
    MILLRACE_CHECK(store->write({{path.database, stored_kind::function, key.object},
                                 create_statement(quoted_name(path.object), function)}));
  functions_[key] = std::move(function);
  return {};
}

result<bool> catalog::remove_function(const object_path& path) {
  const auto found = functions_.find(function_key(path));
  if (found == functions_.end()) return false;
  if (auto* store = store_of(path.catalog); store != nullptr && !found->second.temporary)
    MILLRACE_CHECK(store->erase({path.database, stored_kind::function, found->first.object}));
  functions_.erase(found);
  return true;
}

std::vector<std::string> catalog::functions() const {
  std::vector<std::string> names;
  for (const auto& [path, function] : functions_) names.push_back(function.name);
  return names;
}

}  // namespace millrace::sql
