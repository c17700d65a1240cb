#pragma once

#include "core/base/result.hpp"
#include "core/expr/bound_expr.hpp"

#include <cstdint>
#include <span>

namespace millrace::operators {

/// The condition under which `x NOT IN (...)` is not TRUE for a pair: the keys are equal or one of
/// them is NULL, and `rest` (may be null) holds. An anti join over it needs no keys.
[[nodiscard]] result<expr::expr_ptr> not_in_condition(expr::expr_ptr rest,
                                                      std::span<const std::uint32_t> left_keys,
                                                      std::span<const std::uint32_t> right_keys,
                                                      std::span<const data::data_type> left,
                                                      std::span<const data::data_type> right);

}  // namespace millrace::operators
