#include "tests/fuzz/scripts/corpus.hpp"

#include "tests/support/slt/script.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace millrace::fuzz {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Steps that hold no SQL (feeds, barriers) say nothing to the parser.
std::string statements_of(const std::string& slt) {
  const auto parsed = testing::parse_slt(slt);
  std::string out;
  if (!parsed.ok()) return out;
  for (const auto& step : parsed->steps) {
    if (step.sql.empty()) continue;
    out += step.sql;
    const auto last = step.sql.find_last_not_of(" \n");
    if (last != std::string::npos && step.sql[last] != ';') out += ";\n";
  }
  return out;
}

std::vector<std::filesystem::path> files_in(std::span<const std::filesystem::path> folders) {
  std::vector<std::filesystem::path> files;
  for (const auto& folder : folders) {
    std::error_code unreadable;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, unreadable)) {
      const auto kind = entry.path().extension();
      if (kind == ".sql" || kind == ".slt") files.push_back(entry.path());
    }
    if (unreadable) return {};
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<script> read_scripts(std::span<const std::filesystem::path> folders) {
  std::vector<script> scripts;
  for (const auto& file : files_in(folders)) {
    const std::string text = text_of(file);
    scripts.push_back({file.string(), file.extension() == ".slt" ? statements_of(text) : text});
  }
  return scripts;
}

}  // namespace millrace::fuzz
