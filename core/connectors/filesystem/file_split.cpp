#include "core/connectors/filesystem/file_split.hpp"

#include <fmt/format.h>

#include <charconv>

namespace millrace::connectors::filesystem {
namespace {

constexpr std::size_t digits = 20;

bool parse(std::string_view text, std::uint64_t& to) {
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), to);
  return bad == std::errc{} && end == text.data() + text.size();
}

}  // namespace

source_split file_split::to_source_split() const {
  source_split out;
  out.id = fmt::format("{}:{:020}-{:020}", path, begin, end);
  if (next) out.position = fmt::format("{},{}", next->offset, next->row);
  return out;
}

result<file_split> file_split::from(const source_split& split) {
  const auto refused = [&] {
    return make_error(errc::internal,
                      fmt::format("no split of a file: '{}' at '{}'", split.id, split.position));
  };
  file_split out;
  constexpr std::size_t tail = 2 * digits + 2;
  const std::string_view id = split.id;
  if (id.size() <= tail) return refused();
  out.path = id.substr(0, id.size() - tail);
  if (!parse(id.substr(id.size() - tail + 1, digits), out.begin) ||
      !parse(id.substr(id.size() - digits), out.end))
    return refused();
  if (split.position.empty()) return out;
  const std::string_view position = split.position;
  const auto comma = position.find(',');
  place at;
  if (comma == std::string_view::npos || !parse(position.substr(0, comma), at.offset) ||
      !parse(position.substr(comma + 1), at.row))
    return refused();
  out.next = at;
  return out;
}

}  // namespace millrace::connectors::filesystem
