#pragma once

#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"

namespace millrace::expr {

/// Bytes of a text column, to guess what a result of the same size needs.
[[nodiscard]] inline std::size_t bytes_of(const data::column& c) {
  return c.values ? c.values->size() : 0;
}

/// A text column out of `f(row, writer)`, called for the rows without NULL arguments. 3004 as
/// `text_writer` gives it.
template <class F>
result<data::column_ptr> write_texts(const kernel_call& call, std::size_t expected_bytes, F&& f) {
  text_writer out(call.result_type, call.rows.stored, expected_bytes);
  for_each_valid(call, [&](std::uint32_t row) { f(row, out); });
  return out.finish();
}

/// Overload of texts and integers by a word: `t` is STRING, `i` INT, `l` BIGINT, `d` DOUBLE, `b`
/// BOOLEAN. 2015 for other arguments; fewer arguments than letters are fine if `expect_arguments`
/// let them pass.
[[nodiscard]] result<scalar_overload> text_overload(const call_site& site, std::string_view letters,
                                                    const data::data_type& result,
                                                    scalar_kernel kernel,
                                                    std::string_view signature);

}  // namespace millrace::expr
