#include "core/sql/parse/defines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::sql {
namespace {

bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

// NAME when `${NAME}` stands at `start`, empty otherwise.
std::string_view define_at(std::string_view text, std::size_t start) {
  const std::string_view rest = text.substr(start + 2);
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_name_part);
  if (end == rest.end() || *end != '}') return {};
  return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
}

text_position position_of(std::string_view text, std::size_t offset, std::size_t length) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = lines == 0 ? 0 : before.rfind('\n') + 1;
  return {static_cast<std::uint32_t>(lines + 1),
          static_cast<std::uint32_t>(offset - line_start + 1), static_cast<std::uint32_t>(length)};
}

error missing(std::string_view text, std::size_t at, std::string_view name,
              const option_map& defines) {
  std::string known;
  for (const auto& [given, value] : defines) known += (known.empty() ? "" : ", ") + given;
  return make_error(errc::config_missing_define, position_of(text, at, name.size() + 3),
                    fmt::format("${{{}}} has no value", name),
                    fmt::format("give it with --define {}=VALUE{}{}", name,
                                known.empty() ? "" : "; given are: ", known));
}

}  // namespace

result<std::string> fill_defines(std::string_view text, const option_map& defines) {
  std::string out;
  out.reserve(text.size());
  std::size_t done = 0;
  for (;;) {
    const std::size_t start = text.find("${", done);
    if (start == std::string_view::npos) break;
    const std::string_view name = define_at(text, start);
    out += text.substr(done, start - done);
    if (name.empty()) {
      out += "${";
      done = start + 2;
      continue;
    }
    const auto found = defines.find(name);
    if (found == defines.end()) return missing(text, start, name, defines);
    out += found->second;
    done = start + name.size() + 3;
  }
  out += text.substr(done);
  return out;
}

}  // namespace millrace::sql
