#pragma once

#include "core/expr/scalar_function.hpp"

namespace millrace::expr {

enum class arithmetic_op : std::uint8_t { add, subtract, multiply, divide, remainder };

/// `+ - * / %` over integers (wrapping around) and floating point, both arguments of one type.
/// Errors: 3001 for an integer divided by zero.
[[nodiscard]] scalar_kernel primitive_kernel(arithmetic_op op);
/// The same over DECIMAL and BIGINT arguments with a DECIMAL result; what does not fit is NULL.
[[nodiscard]] scalar_kernel decimal_kernel(arithmetic_op op);

/// `+ - * /` with a date, time, timestamp or interval in it; 2015 if there is no such operation.
[[nodiscard]] result<scalar_overload> resolve_time_arithmetic(const call_site& site,
                                                              arithmetic_op op);

}  // namespace millrace::expr
