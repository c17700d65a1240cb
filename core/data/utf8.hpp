#pragma once

#include <cstddef>
#include <string_view>

namespace millrace::data {

/// True when all of the text is well-formed UTF-8 (no overlong forms, no surrogates, at most
/// U+10FFFF). Text that is all ASCII goes by 64 bytes at a time.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Bytes of the well-formed character at the front of a text that is not empty; 0 if there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// True for a byte in the middle of a character.
[[nodiscard]] constexpr bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

}  // namespace millrace::data
