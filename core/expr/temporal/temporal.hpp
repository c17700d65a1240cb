#pragma once

#include "core/expr/scalar_function.hpp"

namespace millrace::expr {

/// FLOOR(time TO unit), or CEIL when `up`: the second argument is the unit's name.
[[nodiscard]] result<scalar_overload> resolve_time_rounding(const call_site& site, bool up);

}  // namespace millrace::expr
