#include "core/base/option_choice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace millrace {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::vector<std::string> split(std::string_view choices) {
  std::vector<std::string> out;
  while (!choices.empty()) {
    const auto end = std::min(choices.find('|'), choices.size());
    out.emplace_back(choices.substr(0, end));
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return out;
}

std::string hint(std::string_view value, const std::vector<std::string>& names) {
  std::vector<std::string> plain;
  for (const auto& name : names) plain.push_back(lower(name));
  const auto near = std::ranges::find(plain, nearest_name(lower(value), plain));
  if (near == plain.end()) return "docs/reference/options.md says what they mean";
  return fmt::format("did you mean '{}'?", names[static_cast<std::size_t>(near - plain.begin())]);
}

}  // namespace

result<std::string> read_choice(const option_map& options, std::string_view key,
                                std::string_view choices, std::string_view otherwise) {
  const auto given = options.find(key);
  if (given == options.end()) return std::string(otherwise);
  const auto names = split(choices);
  for (const auto& name : names)
    if (lower(name) == lower(given->second)) return name;
  return make_error(
      errc::config_bad_value,
      fmt::format("option '{}': '{}' is none of {}", key, given->second, fmt::join(names, ", ")),
      hint(given->second, names));
}

}  // namespace millrace
