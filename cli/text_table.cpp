#include "cli/text_table.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace millrace::cli {

namespace {

constexpr std::size_t frame = 3;  // `| ` in front of a cell and a blank behind it

bool starts_code_point(char c) { return (c & 0xC0) != 0x80; }

// Columns on screen: code points, which is right for everything but wide scripts.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_code_point));
}

std::size_t table_width(const std::vector<std::size_t>& widths, std::size_t widest) {
  std::size_t sum = 1;
  for (const std::size_t w : widths) sum += std::min(w, widest) + frame;
  return sum;
}

// The largest width of a column with which the table fits; not below `least`, where it is cut.
std::size_t fitting_width(const std::vector<std::size_t>& widths, std::size_t most_columns) {
  constexpr std::size_t least = 6;
  if (most_columns == 0 || widths.empty()) return std::numeric_limits<std::size_t>::max();
  std::size_t low = least;
  std::size_t high = std::max(least, *std::ranges::max_element(widths));
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (table_width(widths, middle) <= most_columns) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

std::vector<std::size_t> column_widths(const text_row& names, std::span<const text_row* const> rows,
                                       std::size_t most_columns) {
  std::vector<std::size_t> widths;
  for (const std::string& name : names) widths.push_back(width_of(name));
  for (const text_row* row : rows) {
    for (std::size_t c = 0; c < widths.size(); ++c) {
      widths[c] = std::max(widths[c], width_of((*row)[c]));
    }
  }
  const std::size_t widest = fitting_width(widths, most_columns);
  for (std::size_t& w : widths) w = std::min(w, widest);
  return widths;
}

std::string border(const std::vector<std::size_t>& widths) {
  std::string line;
  for (const std::size_t w : widths) line += "+" + std::string(w + 2, '-');
  return line + "+";
}

std::string line_of(const text_row& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t c = 0; c < widths.size(); ++c) {
    const std::string cell = cut_to(cells[c], std::max<std::size_t>(widths[c], 1));
    line += "| " + cell + std::string(widths[c] + 1 - std::min(widths[c], width_of(cell)), ' ');
  }
  return line + "|";
}

}  // namespace

std::string cut_to(std::string_view text, std::size_t most) {
  if (most == 0 || width_of(text) <= most) return std::string(text);
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    if (starts_code_point(text[end]) && ++seen == most) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

void draw_table(std::string& text, const text_row& names, std::span<const text_row* const> rows,
                std::size_t most_columns) {
  const auto widths = column_widths(names, rows, most_columns);
  const std::string rule = cut_to(border(widths), most_columns) + "\n";
  text += rule + cut_to(line_of(names, widths), most_columns) + "\n" + rule;
  for (const text_row* row : rows) text += cut_to(line_of(*row, widths), most_columns) + "\n";
  text += rule;
}

}  // namespace millrace::cli
