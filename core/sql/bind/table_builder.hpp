#pragma once

#include "core/sql/ast/statement.hpp"
#include "core/sql/bind/environment.hpp"
#include "core/sql/bind/query_binder.hpp"

namespace millrace::sql {

/// The table that CREATE TABLE describes: LIKE merged, types and expressions bound, options
/// checked. `AS SELECT` gives the columns of `as_columns`. Errors: 2016, 2022, 2023, 2010 (LIKE),
/// 2030 to 2032 and 4007 (options).
[[nodiscard]] result<plan::table_definition> build_table(
    const binding_environment& environment, const create_table& create, const object_path& path,
    const std::vector<plan::logical_column>& as_columns = {});

/// The table after ALTER TABLE .. ADD (new columns, key, watermark) or MODIFY (others in the place
/// of those that there are). Options are not checked. Errors: 2016, 2022, 2023.
[[nodiscard]] result<plan::table_definition> change_table(const binding_environment& environment,
                                                          plan::table_definition table,
                                                          const table_schema& schema, bool modify);

/// The view that CREATE VIEW describes; its query is bound once to check it.
[[nodiscard]] result<view_definition> build_view(const binding_environment& environment,
                                                 const query& definition,
                                                 const std::vector<name>& columns,
                                                 const object_path& path);

/// The plan of an INSERT: a sink over the query, cast to the sink's types. Sinks of a statement set
/// share one `queries`. Errors: those of queries, 2010, 2024.
[[nodiscard]] result<plan::logical_ptr> bind_insert(query_binder& queries, const insert& statement);
/// The plan of a SELECT whose rows the session's user gets.
[[nodiscard]] plan::logical_ptr collect_sink(plan::logical_ptr root);

}  // namespace millrace::sql
