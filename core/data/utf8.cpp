#include "core/data/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace millrace::data {
namespace {

// Bytes of the well-formed character at `at`, 0 if there is none. Source: table 3-7 of Unicode.
std::size_t character_size(const unsigned char* at, std::size_t left) {
  const unsigned first = at[0];
  if (first < 0x80) return 1;
  const std::size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || size > left) return 0;
  // The second byte's range keeps out overlong forms, surrogates and what lies above U+10FFFF.
  const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (at[1] < low || at[1] > high) return 0;
  for (std::size_t i = 2; i < size; ++i)
    if (!continues_character(static_cast<char>(at[i]))) return 0;
  return size;
}

constexpr std::uint64_t high_bits = 0x8080808080808080ULL;

std::uint64_t word_at(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// 64 bytes a step; the last step goes over bytes again where there are too few.
bool is_ascii(std::string_view text) {
  const char* bytes = text.data();
  std::size_t i = 0;
  for (; i + 64 <= text.size(); i += 64) {
    std::uint64_t seen = 0;
    for (std::size_t w = 0; w < 64; w += 8) seen |= word_at(bytes + i + w);
    if ((seen & high_bits) != 0) return false;
  }
  std::uint64_t seen = 0;
  for (; i + 8 <= text.size(); i += 8) seen |= word_at(bytes + i);
  if (i < text.size() && text.size() >= 8)
    return ((seen | word_at(bytes + text.size() - 8)) & high_bits) == 0;
  for (; i < text.size(); ++i) seen |= static_cast<unsigned char>(bytes[i]);
  return (seen & high_bits) == 0;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  return character_size(reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t i = 0;
  while (i < text.size()) {
    if (i + 8 <= text.size()) {
      if ((word_at(text.data() + i) & high_bits) == 0) {
        i += 8;
        continue;
      }
    }
    const std::size_t size = character_size(bytes + i, text.size() - i);
    if (size == 0) return false;
    i += size;
  }
  return true;
}

}  // namespace millrace::data
