#pragma once

#include "core/plan/catalog.hpp"
#include "core/sql/ast/statement.hpp"

namespace millrace::sql {

/// Puts the columns `order[0]`, `order[1]`, .. in that order; those left out are gone. What refers
/// to columns by index follows; nothing may refer to one that is left out.
void arrange_columns(plan::table_definition& table, const std::vector<std::uint32_t>& order);

/// ALTER TABLE .. DROP (columns). 2023 for a column that is missing, or that the key, the
/// partitions, the watermark or a computed column need.
[[nodiscard]] result<void> drop_columns(plan::table_definition& table, const qualified_name& names);

/// ALTER TABLE .. RENAME column TO name. 2023 for a column that is missing, 2016 for a name that is
/// taken.
[[nodiscard]] result<void> rename_column(plan::table_definition& table, const name& from,
                                         const name& to);

/// Moves the columns for which FIRST or AFTER says so to their places. 2023 for an AFTER that names
/// no column.
[[nodiscard]] result<void> place_columns(plan::table_definition& table,
                                         const std::vector<column_definition>& columns);

}  // namespace millrace::sql
