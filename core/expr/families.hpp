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
[[nodiscard]] std::span<const scalar_function> extract_functions();
[[nodiscard]] std::span<const scalar_function> timestamp_functions();
[[nodiscard]] std::span<const scalar_function> format_functions();
[[nodiscard]] std::span<const scalar_function> clock_functions();
[[nodiscard]] std::span<const scalar_function> math_functions();
[[nodiscard]] std::span<const scalar_function> rounding_functions();
[[nodiscard]] std::span<const scalar_function> case_functions();
[[nodiscard]] std::span<const scalar_function> slicing_functions();
[[nodiscard]] std::span<const scalar_function> searching_functions();
[[nodiscard]] std::span<const scalar_function> joining_functions();
[[nodiscard]] std::span<const scalar_function> pattern_functions();
[[nodiscard]] std::span<const scalar_function> construction_functions();
[[nodiscard]] std::span<const scalar_function> access_functions();
[[nodiscard]] std::span<const scalar_function> array_functions();
[[nodiscard]] std::span<const scalar_function> encoding_functions();
[[nodiscard]] std::span<const scalar_function> url_functions();
[[nodiscard]] std::span<const scalar_function> type_functions();
[[nodiscard]] std::span<const scalar_function> printf_functions();
[[nodiscard]] std::span<const scalar_function> json_functions();
[[nodiscard]] std::span<const scalar_function> hash_functions();

inline constexpr std::span<const scalar_function> (*scalar_families[])() = {
    comparison_functions, membership_functions,   logical_functions,     arithmetic_functions,
    math_functions,       rounding_functions,     conditional_functions, cast_functions,
    extract_functions,    timestamp_functions,    format_functions,      clock_functions,
    case_functions,       slicing_functions,      searching_functions,   joining_functions,
    pattern_functions,    construction_functions, access_functions,      array_functions,
    encoding_functions,   json_functions,         hash_functions,        url_functions,
    printf_functions,     type_functions,
};

[[nodiscard]] std::span<const aggregate_function> aggregate_functions();
[[nodiscard]] std::span<const table_function> table_functions();

}  // namespace millrace::expr
