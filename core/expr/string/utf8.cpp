#include "core/expr/string/utf8.hpp"

#include "core/data/utf8.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::expr {

std::size_t count_characters(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += static_cast<std::size_t>((c & 0xc0) != 0x80);
  return n;
}

std::size_t index_of_character(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (count > 0 && at < text.size()) {
    at += character_size(text[at]);
    --count;
  }
  return std::min(at, text.size());
}

char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) & 0x3fU : 0U;
  };
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t size = character_size(text[at]);
  char32_t c = lead;
  if (size == 2) c = ((lead & 0x1fU) << 6) | byte(at + 1);
  if (size == 3) c = ((lead & 0x0fU) << 12) | (byte(at + 1) << 6) | byte(at + 2);
  if (size == 4)
    c = ((lead & 0x07U) << 18) | (byte(at + 1) << 12) | (byte(at + 2) << 6) | byte(at + 3);
  at = std::min(at + size, text.size());
  return c;
}

std::size_t write_character(char32_t c, char* to) {
  const auto put = [&](std::size_t i, char32_t bits) { to[i] = static_cast<char>(bits); };
  if (c < 0x80) {
    put(0, c);
    return 1;
  }
  if (c < 0x800) {
    put(0, 0xc0 | (c >> 6));
    put(1, 0x80 | (c & 0x3f));
    return 2;
  }
  if (c < 0x10000) {
    put(0, 0xe0 | (c >> 12));
    put(1, 0x80 | ((c >> 6) & 0x3f));
    put(2, 0x80 | (c & 0x3f));
    return 3;
  }
  put(0, 0xf0 | (c >> 18));
  put(1, 0x80 | ((c >> 12) & 0x3f));
  put(2, 0x80 | ((c >> 6) & 0x3f));
  put(3, 0x80 | (c & 0x3f));
  return 4;
}

bool is_ascii(std::string_view text) {
  std::uint64_t bits = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    bits |= word;
  }
  unsigned char rest = 0;
  for (; i < text.size(); ++i)
    rest = static_cast<unsigned char>(rest | static_cast<unsigned char>(text[i]));
  return (bits & 0x8080808080808080ULL) == 0 && rest < 0x80;
}

namespace {

// Bytes of the well-formed character at `at`; 0 if there is none.
std::size_t well_formed(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  const std::size_t size = lead < 0xc2 ? 0 : (lead < 0xe0 ? 2 : (lead < 0xf0 ? 3 : 4));
  if (size == 0 || lead > 0xf4 || at + size > s.size()) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  const unsigned second = byte(at + 1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool outside = (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90);
  return overlong || outside ? 0 : size;
}

}  // namespace

bool is_utf8(std::string_view text) { return data::is_utf8(text); }

void append_repaired_utf8(std::string& out, std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = well_formed(bytes, at);
    if (size == 0)
      out += "\xef\xbf\xbd";
    else
      out += bytes.substr(at, size);
    at += size == 0 ? 1 : size;
  }
}

}  // namespace millrace::expr
