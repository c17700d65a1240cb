#pragma once

#include "core/sql/bind/query_binder.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::sql {

/// ORDER BY, OFFSET and LIMIT of a sub-query that uses outer columns: they count per row of the
/// query around, that is per value of what it is compared with. 2004 unless it is only correlated
/// by equality, and without a LIMIT.
[[nodiscard]] result<bound_query> limited_per_key(bound_query input, const plan::sort_node& by,
                                                  text_position at);

/// A correlated scalar sub-query without an aggregate: its first column, once per value of what it
/// is compared with; several rows are error 3010 at run time. 2004 unless it is only correlated by
/// equality.
[[nodiscard]] result<bound_query> single_per_key(const bound_query& sub, text_position at);

}  // namespace millrace::sql
