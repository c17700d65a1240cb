#pragma once

#include "core/base/result.hpp"
#include "core/data/column_builder.hpp"
#include "core/data/record_batch.hpp"

#include <string>
#include <string_view>

namespace millrace::data {

// The text form of batches, for tests, the `feed` verb and people:
//
//   +I | 1 | abc | NULL
//   -D | 2 | 'a | b' | [1, 2]
//
// A line is a row: its change mark (absent = +I), then a cell per column. A cell has the text of
// `append_value_text`, but: a string is quoted '...' where it could be taken for something else
// (empty, NULL, blanks around it, any of |,()[]{}=' or a line end), inside of the quotes '' is a
// quote, \n a line end, \\ a backslash; BYTES are x0aff. Empty lines and lines that start with #
// are skipped.

/// Rows of text as one batch. Error 4003 with the line's number and the cell that does not fit.
[[nodiscard]] result<batch_ptr> parse_table(const schema& s, std::string_view text);
/// The live rows, each with its mark, ending in a line end.
[[nodiscard]] std::string print_table(const record_batch& batch);

/// Appends one value; `cell` is trimmed. Error 4003.
[[nodiscard]] result<void> append_cell(column_builder& to, std::string_view cell);
/// The cell of one value.
void print_cell(std::string& out, const column& c, std::uint32_t row);

}  // namespace millrace::data
