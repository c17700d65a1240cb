#pragma once

#include "core/sql/ast/query.hpp"
#include "core/sql/bind/relation.hpp"

#include <vector>

namespace millrace::sql {

/// Hints of a SELECT block: their names are Flink's, and those that name tables name items of its
/// FROM. 2014, 2010. Source: Flink documentation, "Hints".
[[nodiscard]] result<void> check_hints(const std::vector<hint>& hints, const relation& from);

/// The plan of FROM with STATE_TTL put on its joins, as `STATE_TTL.left` and `STATE_TTL.right`: on
/// each side that is one named table.
[[nodiscard]] plan::logical_ptr with_state_ttl(const std::vector<hint>& hints,
                                               const relation& from);

/// STATE_TTL of the aggregation over a FROM of one table, as a plan's hints; none for others.
[[nodiscard]] option_map state_ttl_of_groups(const std::vector<hint>& hints, const relation& from);

}  // namespace millrace::sql
