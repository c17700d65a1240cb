#pragma once

#include "core/data/column.hpp"

namespace millrace::expr {

/// Order of two values of the same type, NULLs below everything: -1, 0, 1. For nested values and
/// paths that are not hot; columns of any encoding. NaN is above all numbers and equal to itself.
[[nodiscard]] int compare_values(const data::column& a, std::uint32_t row_a, const data::column& b,
                                 std::uint32_t row_b);

}  // namespace millrace::expr
