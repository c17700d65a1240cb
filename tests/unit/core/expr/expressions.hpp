#pragma once

#include "core/data/text_table.hpp"
#include "core/expr/evaluator.hpp"
#include "core/expr/registry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::expr::test {

/// A type as SQL writes it: `INT`, `DECIMAL(10, 2)`, `ARRAY<INT>`, `MAP<STRING, INT>`,
/// `ROW<x INT, y STRING>`.
data::data_type type_of(std::string_view sql);

/// An expression in prefix form over columns of the given types: `(+ $0 1.5)`, `(|IS NULL| $1)`,
/// `(CAST '12' :INT)`, `NULL`, `TRUE`; strings in quotes are CHAR literals, `"so"` are STRING ones.
/// Ends the test on an error.
expr_ptr parse(std::string_view text, const std::vector<data::data_type>& columns = {});
/// The same, giving the error.
result<expr_ptr> try_parse(std::string_view text, const std::vector<data::data_type>& columns = {});

/// Columns to evaluate over: types by name and a table of rows (core/data/text_table.hpp).
struct input {
  std::vector<std::string> types;
  std::string rows;
  std::string zone = "UTC";
};
/// The values of one expression, a cell per row, separated by ` ; `. An error gives `error <code>`.
std::string values(const input& in, std::string_view expression);
/// The value of an expression without columns.
std::string value(std::string_view expression, const std::string& zone = "UTC");
/// The type of an expression as SQL prints it.
std::string type_text(std::string_view expression, const std::vector<std::string>& columns = {});

}  // namespace millrace::expr::test
