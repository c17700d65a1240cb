#pragma once

#include "core/base/result.hpp"
#include "core/plan/logical/logical_plan.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/environment.hpp"
#include "core/sql/bind/relation.hpp"

#include <map>
#include <string>
#include <vector>

namespace millrace::sql {

/// A query as a plan. When it is a sub-query that uses columns of the query around it, the
/// conditions that do so have been taken out of it.
struct bound_query {
  /// The visible columns, then hidden ones that `correlation` reads.
  plan::logical_ptr node;
  std::uint32_t visible = 0;
  /// Per visible column the alias that qualified it in SELECT; see scope_column::origin.
  std::vector<std::string> origins;
  /// Conditions over the node's columns and the outer ones (`outer_base` + index).
  std::vector<expr::expr_ptr> correlation;
  /// Set for an aggregate without GROUP BY: its visible columns' values over no rows.
  std::vector<expr::expr_ptr> empty_row;
  bool one_row = false;  ///< at most one row for each row of the query around
};

/// Binds the queries of one statement (or statement set): a table, view or WITH query that several
/// places name becomes one shared node. Views nest; each is bound as seen from where it was made.
/// Used on one thread, for one call of the session.
class query_binder {
 public:
  explicit query_binder(const binding_environment& environment);

  /// A whole query with unique column names. Errors: 2010 to 2021, 2026 to 2028, 2004.
  [[nodiscard]] result<plan::logical_ptr> bind_root(const query& q);
  /// A query inside of another; `outer` null where it may not be correlated.
  [[nodiscard]] result<bound_query> bind(const query& q, const name_scope* outer);

  /// A table or view by its name, or a name of WITH. 2010 with the nearest name.
  [[nodiscard]] result<relation> bind_named(const qualified_name& name,
                                            const std::vector<hint>& hints);
  [[nodiscard]] const function_definition* find_function(const qualified_name& name) const;
  [[nodiscard]] const binding_environment& environment() const { return environment_; }

 private:
  struct common_table_entry {
    std::string name;
    plan::logical_ptr node;
  };

  result<bound_query> bind_body(const query& q, const name_scope* outer);
  result<bound_query> bind_set(const query& q, const set_operation& set, const name_scope* outer);
  result<bound_query> bind_values(const values_block& values, const name_scope* outer);
  result<bound_query> sorted(bound_query input, const query& q);
  result<bound_query> limited(bound_query input, const query& q, std::vector<plan::sort_key> keys);
  result<void> bind_common_tables(const query& q, const name_scope* outer);
  result<relation> bind_table(const plan::table_ptr& table, const object_path& path,
                              const std::vector<hint>& hints);
  result<relation> bind_view(const view_ptr& view, const object_path& path);
  result<plan::logical_ptr> view_plan(const view_ptr& view);
  result<plan::table_ptr> with_hints(const plan::table_ptr& table, const std::vector<hint>& hints);
  [[nodiscard]] std::vector<std::string> known_relations() const;

  const binding_environment& environment_;
  std::string catalog_;
  std::string database_;
  std::map<const plan::table_definition*, plan::logical_ptr> scans_;
  std::map<const view_definition*, plan::logical_ptr> views_;
  std::vector<view_ptr> open_views_;
  std::vector<common_table_entry> common_tables_;
};

/// A scan with the table's time attributes.
[[nodiscard]] plan::logical_ptr make_scan(const plan::table_ptr& table);
/// A non-negative whole number known at planning time (LIMIT, OFFSET). 2014.
[[nodiscard]] result<std::int64_t> constant_count(const expression& e, std::string_view what);
/// Names made unique as Flink does: `id`, `id0`, `id1`.
[[nodiscard]] std::vector<std::string> unique_names(const plan::logical_node& node);

}  // namespace millrace::sql
