#pragma once

#include "core/data/column.hpp"
#include "core/expr/bound_expr.hpp"
#include "core/expr/scalar_function.hpp"

#include <string>

namespace millrace::expr {

// The parts of the JSON family, by what they do.

[[nodiscard]] result<scalar_overload> resolve_json_value(const call_site&);
[[nodiscard]] result<scalar_overload> resolve_json_query(const call_site&);
[[nodiscard]] result<scalar_overload> resolve_json_exists(const call_site&);
/// `IS JSON [VALUE|OBJECT|ARRAY|SCALAR]`, by the call's name.
[[nodiscard]] result<scalar_overload> resolve_is_json(const call_site&);
[[nodiscard]] result<scalar_overload> resolve_json_type(const call_site&);
[[nodiscard]] result<scalar_overload> resolve_json_length(const call_site&);
[[nodiscard]] result<scalar_overload> resolve_json_quote(const call_site&);
[[nodiscard]] result<scalar_overload> resolve_json_unquote(const call_site&);
[[nodiscard]] result<scalar_overload> resolve_json(const call_site&);
/// JSON_OBJECT(nulls, key, value, ...) and JSON_ARRAY(nulls, value, ...). The first argument is the
/// word `NULL` or `ABSENT`; behind it come the indices of arguments that hold JSON already, because
/// they are calls of these functions themselves: `ABSENT 2 4`.
[[nodiscard]] result<expr_ptr> make_json_object(std::span<const expr_ptr> arguments);
[[nodiscard]] result<expr_ptr> make_json_array(std::span<const expr_ptr> arguments);

/// JSON_STRING(value); a call that makes JSON is its own JSON_STRING.
[[nodiscard]] result<expr_ptr> make_json_string(std::span<const expr_ptr> arguments);

/// Appends row `row` of a column of any type as JSON_OBJECT writes it: numbers as such, rows and
/// maps as objects, times as text, bytes in Base64, NULL as `null`.
void append_as_json(std::string& out, const data::column& c, std::uint32_t row);

}  // namespace millrace::expr
