#pragma once

#include <string_view>

namespace millrace::connectors::formats {

/// Well-formed UTF-8 (no surrogates, no overlong forms). ASCII passes at eight bytes a step.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Bytes of the well-formed sequence at the front of a text that is not empty; 0 if there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace millrace::connectors::formats
