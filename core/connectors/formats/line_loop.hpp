#pragma once

#include "core/base/result.hpp"
#include "core/connectors/formats/bad_records.hpp"

#include <fmt/core.h>

#include <cstring>
#include <string_view>

namespace millrace::connectors::formats {

/// A line among the bytes a decoder was given.
struct line_place {
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
};

/// Calls `take(line, place)` for the lines of `bytes` while `more()`; blank lines are left out,
/// those above `longest` rejected. `done(bytes, lines)` follows before the bytes are advanced.
/// Gives the bytes consumed.
template <class More, class Take, class Done>
[[nodiscard]] result<std::size_t> for_each_line(std::string_view bytes, bool last,
                                                std::size_t longest, bad_records& bad, More more,
                                                Take take, Done done) {
  std::size_t at = 0;
  std::uint64_t lines = 0;
  for (; at < bytes.size() && more(); ++lines) {
    const void* end = std::memchr(bytes.data() + at, '\n', bytes.size() - at);
    if (end == nullptr && !last) break;
    const std::size_t size =
        end == nullptr
            ? bytes.size() - at
            : static_cast<std::size_t>(static_cast<const char*>(end) - bytes.data()) - at;
    const std::string_view line = bytes.substr(at, size);
    if (size > longest) {
      MILLRACE_CHECK(bad.reject(
          errc::connector_record_too_long, at, lines,
          fmt::format("a record of {} bytes is above the limit of {}", size, longest), line));
    } else if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      MILLRACE_CHECK(take(line, line_place{at, lines}));
    }
    at += size + (end == nullptr ? 0 : 1);
  }
  MILLRACE_CHECK(done());
  bad.advance(at, lines);
  return at;
}

}  // namespace millrace::connectors::formats
