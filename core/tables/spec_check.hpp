#pragma once

#include "core/base/result.hpp"
#include "core/tables/table_spec.hpp"

#include <span>

namespace millrace::tables {

/// That entries written by tables declared as `before` can be read by tables declared as `now`:
/// the same tables in the same order, with types whose bytes in state are alike (longer strings and
/// more digits of a DECIMAL are; INT and BIGINT are not). Errors: state_type_changed, with the name
/// and both types of the first table that differs.
[[nodiscard]] result<void> check_readable(std::span<const table_spec> before,
                                          std::span<const table_spec> now);

}  // namespace millrace::tables
