#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::expr {

// Text is valid UTF-8 (the readers see to it); a character is a code point.

/// Code points: bytes that are no continuation.
[[nodiscard]] std::size_t count_characters(std::string_view text);
/// Byte index behind the first `count` characters (the size, when there are fewer).
[[nodiscard]] std::size_t index_of_character(std::string_view text, std::size_t count);
[[nodiscard]] inline std::string_view first_characters(std::string_view text, std::size_t count) {
  return text.substr(0, index_of_character(text, count));
}
/// Bytes of the character that starts with `lead`.
[[nodiscard]] inline std::size_t character_size(char lead) {
  const auto c = static_cast<unsigned char>(lead);
  return c < 0x80 ? 1 : (c < 0xe0 ? 2 : (c < 0xf0 ? 3 : 4));
}
/// Reads the code point at `at` and moves behind it; never reads beyond the end.
[[nodiscard]] char32_t next_character(std::string_view text, std::size_t& at);
/// Writes a code point; gives the number of bytes, at most 4.
std::size_t write_character(char32_t c, char* to);

[[nodiscard]] bool is_ascii(std::string_view text);
/// Well-formed UTF-8 as RFC 3629 has it.
[[nodiscard]] bool is_utf8(std::string_view text);
/// Appends bytes as text: what is not well-formed becomes U+FFFD.
void append_repaired_utf8(std::string& out, std::string_view bytes);

}  // namespace millrace::expr
