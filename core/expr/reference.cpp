#include "core/expr/reference.hpp"

#include "core/expr/registry.hpp"

#include <algorithm>

namespace millrace::expr {
namespace {

// `|` ends a cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

void append_heading(std::string& out, std::string_view family) {
  std::string title(family);
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z')
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
  out += "\n## " + title + "\n\n| call | what it gives |\n|---|---|\n";
}

template <class Function>
void append_row(std::string& out, const Function& f) {
  out += "| `" + cell(f.signature) + "` | " + cell(f.summary) + " |\n";
}

}  // namespace

std::string functions_reference() {
  std::string out =
      "# Functions\n\nGenerated from the registry of `core/expr`. Names are matched without regard "
      "to case.\n";
  std::vector<std::string_view> families;
  for (const auto* f : all_scalars())
    if (std::find(families.begin(), families.end(), f->family) == families.end())
      families.push_back(f->family);
  for (const auto family : families) {
    append_heading(out, family);
    for (const auto* f : all_scalars())
      if (f->family == family) append_row(out, *f);
  }
  append_heading(out, "aggregate functions");
  for (const auto* f : all_aggregates()) append_row(out, *f);
  append_heading(out, "table functions");
  for (const auto* f : all_table_functions()) append_row(out, *f);
  return out;
}

}  // namespace millrace::expr
