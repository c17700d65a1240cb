#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace::expr {

/// The top bit of each byte of `word` that equals the byte repeated in `pattern`. Exact, unlike the
/// shorter trick that lets borrows through.
[[nodiscard]] inline std::uint64_t equal_bytes(std::uint64_t word, std::uint64_t pattern) {
  constexpr std::uint64_t low = 0x7f7f7f7f7f7f7f7fULL;
  const std::uint64_t x = word ^ pattern;
  return ~(((x & low) + low) | x | low);
}
[[nodiscard]] inline std::uint64_t repeated(char c) {
  return 0x0101010101010101ULL * static_cast<unsigned char>(c);
}
/// Up to eight bytes, the rest zero; never reads behind the text.
[[nodiscard]] inline std::uint64_t load_word(std::string_view text, std::size_t at) {
  std::uint64_t word = 0;
  if (text.size() - at >= 8)
    std::memcpy(&word, text.data() + at, 8);
  else
    std::memcpy(&word, text.data() + at, text.size() - at);
  return word;
}

/// How often a byte (not NUL) occurs.
[[nodiscard]] inline std::int64_t count_byte(std::string_view text, char c) {
  std::int64_t n = 0;
  for (std::size_t at = 0; at < text.size(); at += 8)
    n += std::popcount(equal_bytes(load_word(text, at), repeated(c)));
  return n;
}

/// Index of the occurrence `n` (from 0) of a byte (not NUL); `npos` if there are fewer. `before`
/// gets the index behind the occurrence before it, 0 for the first: the piece between the two.
[[nodiscard]] inline std::size_t find_nth(std::string_view text, char c, std::uint32_t n,
                                          std::size_t& before, bool& enough) {
  before = 0;
  for (std::size_t at = 0; at < text.size(); at += 8) {
    for (auto hits = equal_bytes(load_word(text, at), repeated(c)); hits != 0; hits &= hits - 1) {
      const std::size_t hit = at + static_cast<std::size_t>(std::countr_zero(hits)) / 8;
      if (n-- == 0) {
        enough = true;
        return hit;
      }
      before = hit + 1;
    }
  }
  // Behind the last occurrence lies one more piece.
  enough = n == 0;
  return std::string_view::npos;
}

}  // namespace millrace::expr
