#include "tests/sim/changelog.hpp"

#include "core/data/text_table.hpp"

#include <filesystem>
#include <fstream>
#include <set>

namespace millrace::sim {

namespace fs = std::filesystem;

void add_row(row_counts& rows, const std::string& row, std::int64_t times) {
  const auto at = rows.try_emplace(row, 0).first;
  at->second += times;
  if (at->second == 0) rows.erase(at);
}

void apply(row_counts& rows, const data::record_batch& batch) {
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const auto row = batch.row_at(i);
    std::string text;
    for (const auto& column : batch.columns()) {
      if (!text.empty()) text += " | ";
      data::print_cell(text, *column, row);
    }
    add_row(rows, text, data::adds(batch.kind_at(row)) ? 1 : -1);
  }
}

namespace {

// The object behind `"name":` in a line that the format has written; empty for null.
std::string object_of(const std::string& line, const std::string& name) {
  const auto at = line.find("\"" + name + "\":{");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 3;
  return line.substr(from, line.find('}', from) + 1 - from);
}

result<void> apply_line(row_counts& rows, const std::string& line) {
  const auto before = object_of(line, "before");
  const auto after = object_of(line, "after");
  if (before.empty() && after.empty()) {
    return make_error(errc::state_io, "a sink has written '" + line + "'");
  }
  if (!before.empty()) add_row(rows, before, -1);
  if (!after.empty()) add_row(rows, after, 1);
  return {};
}

bool published(const fs::directory_entry& entry) {
  const auto name = entry.path().filename().string();
  return entry.is_regular_file() && name[0] != '.' && name[0] != '_';
}

}  // namespace

result<void> apply_files(row_counts& rows, const std::string& folder) {
  if (!fs::exists(folder)) return {};
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!published(entry)) continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) MILLRACE_CHECK(apply_line(rows, line));
  }
  return {};
}

std::string difference(const row_counts& expected, const row_counts& got, std::size_t most) {
  std::set<std::string> keys;
  for (const auto& [row, times] : expected) keys.insert(row);
  for (const auto& [row, times] : got) keys.insert(row);
  const auto times_in = [](const row_counts& rows, const std::string& row) {
    const auto at = rows.find(row);
    return at == rows.end() ? 0 : at->second;
  };
  std::string out;
  for (const auto& row : keys) {
    const auto a = times_in(expected, row);
    const auto b = times_in(got, row);
    if (a == b) continue;
    if (most-- == 0) return out + "  ...\n";
    out += "  expected " + std::to_string(a) + ", got " + std::to_string(b) + ": " + row + "\n";
  }
  return out;
}

}  // namespace millrace::sim
