#pragma once

#include "core/sql/ast/definitions.hpp"
#include "core/sql/ast/query.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::sql {

struct statement;
using statement_ptr = box<statement>;

enum class temporary_kind : std::uint8_t { permanent, temporary, temporary_system };

struct query_statement {
  query select;
};

/// CREATE [OR REPLACE] TABLE, REPLACE TABLE; LIKE and AS SELECT exclude each other.
struct create_table {
  temporary_kind temporary = temporary_kind::permanent;
  bool create = true;
  bool replace = false;
  bool if_not_exists = false;
  qualified_name table;
  table_schema schema;
  /// `CREATE TABLE t (a, b) AS SELECT`: columns without types.
  std::vector<name> column_names;
  std::optional<std::string> comment;
  std::optional<distribution> distributed;
  std::vector<name> partitioned_by;
  std::vector<option_entry> options;
  std::optional<like_clause> like;
  query_ptr as_query;
};

struct create_view {
  temporary_kind temporary = temporary_kind::permanent;
  bool if_not_exists = false;
  qualified_name view;
  std::vector<name> columns;
  std::optional<std::string> comment;
  query definition;
};

/// `USING JAR 'path'`.
struct function_resource {
  std::string kind;
  std::string path;
};

/// CREATE and ALTER FUNCTION; `language` in upper case, empty when not written.
struct create_function {
  temporary_kind temporary = temporary_kind::permanent;
  bool alter = false;
  bool if_not_exists = false;
  bool if_exists = false;
  qualified_name function;
  std::string class_name;
  text_position class_at;
  std::string language;
  std::vector<function_resource> resources;
  std::vector<option_entry> options;
};

struct create_catalog {
  bool if_not_exists = false;
  name catalog;
  std::optional<std::string> comment;
  std::vector<option_entry> options;
};

struct create_database {
  bool if_not_exists = false;
  qualified_name database;
  std::optional<std::string> comment;
  std::vector<option_entry> options;
};

enum class alter_action : std::uint8_t {
  rename,         ///< RENAME TO target
  rename_column,  ///< RENAME column TO new_name
  set_options,    ///< SET (options)
  reset_options,  ///< RESET (keys)
  add,            ///< ADD schema
  modify,         ///< MODIFY schema
  drop_columns,   ///< DROP columns
  drop_primary_key,
  drop_constraint,  ///< DROP CONSTRAINT columns[0]
  drop_watermark,
  drop_distribution,
  add_distribution,
  modify_distribution,
  set_comment,
  as_query,  ///< ALTER VIEW v AS query
};

enum class object_kind : std::uint8_t { table, view, function, database, catalog };

/// ALTER TABLE, VIEW, DATABASE, CATALOG.
struct alter_object {
  object_kind object = object_kind::table;
  bool if_exists = false;
  qualified_name target;
  alter_action action = alter_action::rename;
  qualified_name new_name;
  std::vector<option_entry> options;
  std::vector<std::string> keys;
  table_schema schema;
  qualified_name columns;
  std::optional<distribution> distributed;
  std::optional<std::string> comment;
  query_ptr definition;
};

struct drop_object {
  object_kind object = object_kind::table;
  temporary_kind temporary = temporary_kind::permanent;
  bool if_exists = false;
  bool cascade = false;
  qualified_name target;
};

enum class show_kind : std::uint8_t {
  catalogs,
  current_catalog,
  databases,
  current_database,
  tables,
  views,
  functions,
  user_functions,
  columns,
  create_table,
  create_view,
  create_catalog,
  create_database,
  partitions,
  modules,
  full_modules,
  jobs,
  jars,
  procedures,
};

/// SHOW ..; `of` is the table of COLUMNS, PARTITIONS and CREATE, or the database of FROM/IN.
struct show {
  show_kind what = show_kind::tables;
  qualified_name of;
  std::optional<std::string> pattern;
  bool not_like = false;
  bool ilike = false;
};

/// DESCRIBE [CATALOG | DATABASE | FUNCTION | JOB] x.
struct describe {
  object_kind object = object_kind::table;
  bool extended = false;
  qualified_name target;
};

struct use_object {
  /// `catalog`, else `database`.
  object_kind object = object_kind::database;
  qualified_name target;
};

/// SET 'k' = 'v'; without key: list all; key without value: show one.
struct set_option {
  std::optional<std::string> key;
  std::optional<std::string> value;
  text_position key_at;
  text_position value_at;
};

/// RESET, RESET 'k'.
struct reset_option {
  std::optional<std::string> key;
};

/// `details` in upper case, e.g. CHANGELOG_MODE.
struct explain {
  std::vector<std::string> details;
  statement_ptr target;
};

/// `k = 'v'` of PARTITION (..).
struct partition_value {
  name column;
  expression_ptr value;
};

struct insert {
  bool overwrite = false;
  /// EXECUTE INSERT.
  bool execute = false;
  qualified_name table;
  std::vector<hint> hints;
  std::vector<partition_value> partition;
  std::vector<qualified_name> columns;
  query source;
};

/// [EXECUTE] STATEMENT SET BEGIN .. END, BEGIN STATEMENT SET; .. END. All are INSERTs.
struct statement_set {
  std::vector<statement> statements;
};

/// COMPILE [AND EXECUTE] PLAN 'file' [IF NOT EXISTS] FOR insert or statement set.
struct compile_plan {
  std::string file;
  bool if_not_exists = false;
  bool execute = false;
  statement_ptr target;
};

struct execute_plan {
  std::string file;
};

struct stop_job {
  std::string job;
  bool with_savepoint = false;
  bool with_drain = false;
};

/// In the order of `statement::node`'s alternatives.
enum class statement_kind : std::uint8_t {
  query,
  create_table,
  create_view,
  create_function,
  create_catalog,
  create_database,
  alter_object,
  drop_object,
  show,
  describe,
  use_object,
  set_option,
  reset_option,
  explain,
  insert,
  statement_set,
  compile_plan,
  execute_plan,
  stop_job,
};

/// One statement of a script. A value: copying clones the tree.
struct statement {
  text_position at;
  /// Where it stands in the script, in bytes, without its `;`.
  std::size_t text_offset = 0;
  std::size_t text_length = 0;
  std::variant<query_statement, create_table, create_view, create_function, create_catalog,
               create_database, alter_object, drop_object, show, describe, use_object, set_option,
               reset_option, explain, insert, statement_set, compile_plan, execute_plan, stop_job>
      node;

  [[nodiscard]] statement_kind kind() const { return static_cast<statement_kind>(node.index()); }
  template <class T>
  [[nodiscard]] const T& as() const {
    return std::get<T>(node);
  }
  template <class T>
  [[nodiscard]] const T* get_if() const {
    return std::get_if<T>(&node);
  }
};

}  // namespace millrace::sql
