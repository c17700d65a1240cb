#pragma once

#include "core/expr/aggregate_function.hpp"
#include "core/expr/scalar_function.hpp"
#include "core/expr/table_function.hpp"

#include <span>

namespace millrace::expr {

// One table per family of functions; the registry joins them. A new family adds its function here
// and in the list below.

[[nodiscard]] std::span<const scalar_function> comparison_functions();
[[nodiscard]] std::span<const scalar_function> membership_functions();
[[nodiscard]] std::span<const scalar_function> logical_functions();
[[nodiscard]] std::span<const scalar_function> arithmetic_functions();
[[nodiscard]] std::span<const scalar_function> conditional_functions();
[[nodiscard]] std::span<const scalar_function> cast_functions();

inline constexpr std::span<const scalar_function> (*scalar_families[])() = {
    comparison_functions, membership_functions,  logical_functions,
    arithmetic_functions, conditional_functions, cast_functions,
};

[[nodiscard]] std::span<const aggregate_function> aggregate_functions();
[[nodiscard]] std::span<const table_function> table_functions();

}  // namespace millrace::expr
