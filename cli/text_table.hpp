#pragma once

#include "cli/folded_rows.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace millrace::cli {

/// Appends the rows below their names, with borders, a line each.
///
/// With `most_columns` above 0 no line is longer than that many columns of the screen: the widest
/// cells are cut first (`abc…`), and where there are too many columns the lines end early.
void draw_table(std::string& text, const text_row& names, std::span<const text_row* const> rows,
                std::size_t most_columns);

/// The text if it is at most `most` columns wide, else its start and `…`. `most` 0: no limit.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t most);

}  // namespace millrace::cli
