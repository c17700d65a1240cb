#pragma once

#include "core/base/result.hpp"
#include "core/data/types.hpp"
#include "core/sql/ast/type_name.hpp"

#include <string>
#include <string_view>

namespace millrace::sql {

/// The type that a name in the text stands for, with Flink's defaults (DECIMAL is DECIMAL(10, 0),
/// TIMESTAMP is TIMESTAMP(6), CHAR is CHAR(1), VARCHAR is STRING). Errors: 2023 for a length or
/// precision out of range, 2004 for types that are not supported (RAW, structured, TIMESTAMP WITH
/// TIME ZONE).
[[nodiscard]] result<data::data_type> bind_type(const type_name& type);

/// `DAY`, `SECOND`, as the registry's functions take units.
[[nodiscard]] std::string_view name_of(time_unit unit);

}  // namespace millrace::sql
