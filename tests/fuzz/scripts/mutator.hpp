#pragma once

#include "tests/fuzz/scripts/corpus.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::fuzz {

/// A text cut into words, numbers, quoted pieces, comments, blanks and single marks; joined they
/// are the text again. Whatever the bytes are, nothing is refused.
[[nodiscard]] std::vector<std::string_view> split_tokens(std::string_view text);

/// Makes wrong scripts out of right ones. Most changes keep whole tokens, so that much of what
/// comes out still parses and is refused late, in binder or planner.
///
/// The n-th script hangs on the seed and n only: a failure is made again by its number.
class script_mutator {
 public:
  /// `scripts` must outlive the mutator and must not be empty.
  script_mutator(const std::vector<script>& scripts, std::uint64_t seed);

  /// One script of the corpus with one to four changes.
  [[nodiscard]] std::string make(std::uint64_t number);

 private:
  using tokens = std::vector<std::string>;

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  std::size_t place_in(const tokens& text);
  const std::string& like_token(const std::string& token, const tokens& text);
  void change(tokens& text);
  void swap(tokens& text);
  void erase(tokens& text);
  void duplicate(tokens& text);
  void graft(tokens& text);
  void replace(tokens& text);
  void nest(tokens& text);
  void repeat(tokens& text);
  void spoil(tokens& text);

  std::vector<tokens> scripts_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
};

}  // namespace millrace::fuzz
