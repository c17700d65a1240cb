#pragma once

#include "core/sql/ast/definitions.hpp"
#include "core/sql/bind/environment.hpp"

namespace millrace::sql {

/// What CREATE TABLE .. LIKE takes over from the other table: columns, keys, partitions, watermark
/// and options as the clause's options say. Source: Flink documentation, "CREATE TABLE", LIKE.
/// 2010 if there is no such table.
[[nodiscard]] result<plan::table_definition> like_base(const binding_environment& environment,
                                                       const like_clause& like);
/// True if the new table may declare again what it inherits.
[[nodiscard]] bool overwrites(const like_clause& like, like_feature feature);

}  // namespace millrace::sql
