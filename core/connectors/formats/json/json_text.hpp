#pragma once

#include <string>
#include <string_view>

namespace millrace::connectors::formats::json {

/// Appends `"text"` with what JSON wants escaped; bytes that are not UTF-8 become U+FFFD.
void append_quoted(std::string& to, std::string_view text);

}  // namespace millrace::connectors::formats::json
