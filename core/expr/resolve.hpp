#pragma once

#include "core/expr/scalar_function.hpp"
#include "core/expr/type_rules.hpp"

#include <initializer_list>

namespace millrace::expr {

// What `resolve` functions are written with.

/// An overload that gives NULL for a NULL argument: its result is nullable if an argument is.
[[nodiscard]] scalar_overload strict(std::vector<data::data_type> arguments,
                                     const data::data_type& result, const call_site& site,
                                     scalar_kernel kernel);
/// 2014 unless the call has between `least` and `most` arguments.
[[nodiscard]] result<void> expect_arguments(const call_site& site, std::size_t least,
                                            std::size_t most);
/// 2015: `SUBSTRING does not take (INT)`, with the signature as the hint.
[[nodiscard]] error wrong_types(const call_site& site, std::string_view signature);
/// The argument's text if it is a literal string, in upper case; empty if not.
[[nodiscard]] std::string literal_word(const call_site& site, std::size_t argument);
/// `STRING`, `INT`, ... of a nullability that does not matter.
[[nodiscard]] inline data::data_type of(data::type_id id) { return data::data_type(id); }

/// True if an argument may stand where a text is wanted: text, or an untyped NULL.
[[nodiscard]] bool takes_text(const data::data_type& type);
[[nodiscard]] bool takes_number(const data::data_type& type);
[[nodiscard]] bool takes_integer(const data::data_type& type);
[[nodiscard]] bool takes_boolean(const data::data_type& type);

}  // namespace millrace::expr
