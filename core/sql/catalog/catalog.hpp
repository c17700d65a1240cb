#pragma once

#include "core/base/result.hpp"
#include "core/plan/catalog.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/catalog/catalog_store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::sql {

/// Where a table, view or function lies. All three parts are case sensitive.
struct object_path {
  std::string catalog;
  std::string database;
  std::string object;
  friend auto operator<=>(const object_path&, const object_path&) = default;
  friend bool operator==(const object_path&, const object_path&) = default;
};
/// `catalog.database.object`.
[[nodiscard]] std::string to_text(const object_path& path);

/// A view keeps its query's tree and is expanded where it is used. Immutable once registered.
struct view_definition {
  std::string name;  ///< full name
  std::vector<std::string> column_names;
  std::vector<data::data_type> column_types;
  std::shared_ptr<const query> definition;
  /// Names inside of the query are looked up from where the view was made.
  std::string catalog;
  std::string database;
  std::string comment;
};
using view_ptr = std::shared_ptr<const view_definition>;

/// A table or a view; exactly one pointer is set, both are null when there is no such object.
struct relation_entry {
  plan::table_ptr table;
  view_ptr view;
  bool temporary = false;
  explicit operator bool() const { return table != nullptr || view != nullptr; }
};

/// CREATE FUNCTION: a name for a built-in.
struct function_definition {
  std::string name;
  std::string class_name;
  std::string builtin;  ///< canonical name in the registry
  bool temporary = false;
};

/// The user's objects: catalogs hold databases, databases hold tables, views and functions;
/// temporary objects lie over them and go first. Lives in a session, one thread.
///
/// Starts with `default_catalog.default_database`, which is current.
class catalog {
 public:
  catalog();

  [[nodiscard]] const std::string& current_catalog() const { return current_catalog_; }
  [[nodiscard]] const std::string& current_database() const { return current_database_; }
  /// 2010 if there is no such catalog (database), with the nearest name.
  result<void> use_catalog(const std::string& name);
  result<void> use_database(const std::string& catalog_name, const std::string& database);

  [[nodiscard]] bool has_catalog(const std::string& name) const;
  [[nodiscard]] bool has_database(const std::string& catalog_name,
                                  const std::string& database) const;
  [[nodiscard]] std::vector<std::string> catalogs() const;
  [[nodiscard]] std::vector<std::string> databases(const std::string& catalog_name) const;
  /// An empty catalog with the database `default`. 2016 if it exists.
  result<void> create_catalog(const std::string& name);
  /// From now on every change of that catalog goes to `store` first; what it refuses is not done.
  void keep_in(const std::string& name, std::shared_ptr<catalog_store> store);
  /// 2016 if it exists.
  result<void> create_database(const std::string& catalog_name, const std::string& database);
  /// 2010 if missing; 2023 if it is current, or not empty and `cascade` is not set.
  result<void> drop_catalog(const std::string& name);
  result<void> drop_database(const std::string& catalog_name, const std::string& database,
                             bool cascade);

  /// A name of one to three parts, completed with the current catalog and database.
  [[nodiscard]] result<object_path> complete(const qualified_name& name) const;
  /// The same as seen from another catalog and database (names inside of views).
  [[nodiscard]] static result<object_path> complete(const qualified_name& name,
                                                    const std::string& catalog_name,
                                                    const std::string& database);

  /// The temporary object of that path, else the permanent one, else an empty entry.
  [[nodiscard]] relation_entry find(const object_path& path) const;
  /// 2016 if taken and not `replace`; 2010 if the database is missing.
  result<void> add(const object_path& path, relation_entry entry, bool replace);
  /// Takes the object away; false if there was none of that kind.
  result<bool> remove(const object_path& path, bool temporary);
  /// Names in a database, temporary ones included, sorted.
  [[nodiscard]] std::vector<std::string> tables(const std::string& catalog_name,
                                                const std::string& database) const;
  [[nodiscard]] std::vector<std::string> views(const std::string& catalog_name,
                                               const std::string& database) const;

  /// Functions' names are matched without regard to case; null if there is none.
  [[nodiscard]] const function_definition* find_function(const object_path& path) const;
  result<void> add_function(const object_path& path, function_definition function, bool replace);
  /// False if there was none.
  result<bool> remove_function(const object_path& path);
  [[nodiscard]] std::vector<std::string> functions() const;

 private:
  [[nodiscard]] catalog_store* store_of(const std::string& name) const;
  [[nodiscard]] result<void> keep(const object_path& path, const relation_entry& entry) const;

  std::string current_catalog_;
  std::string current_database_;
  std::map<std::string, std::vector<std::string>> databases_;
  std::map<object_path, relation_entry> permanent_;
  std::map<object_path, relation_entry> temporary_;
  std::map<object_path, function_definition> functions_;
  std::map<std::string, std::shared_ptr<catalog_store>> stores_;
};

}  // namespace millrace::sql
