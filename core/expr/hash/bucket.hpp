#pragma once

#include "core/expr/scalar_function.hpp"

namespace millrace::expr {

/// $HASH_BUCKET(value, buckets): in which of so many parts a value lies, from 0; NULL lies in one
/// too. Not for scripts: the planner splits DISTINCT aggregates by it.
[[nodiscard]] result<scalar_overload> resolve_hash_bucket(const call_site& site);

}  // namespace millrace::expr
