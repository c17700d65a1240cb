#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::expr {

/// A small matcher for the regular expressions that jobs mostly have: literals, classes, `. ^ $`,
/// groups with alternatives, and `* + ?` on single characters, all greedy. Some 10 times as fast as
/// a general engine that has to find captures on short texts. Immutable; use from any thread.
///
/// Finds what RE2 (and java.util.regex) finds: the leftmost match, alternatives and repetitions in
/// order of preference. It backtracks, without loops over groups, and gives up when that gets long.
class simple_regex {
 public:
  /// Nothing for an expression beyond these forms: RE2 has to do it.
  [[nodiscard]] static std::optional<simple_regex> make(std::string_view pattern);

  enum class outcome : std::uint8_t { none, found, too_long };
  /// `groups[0]` gets the match, `groups[i]` group i; a group without a part in the match has a
  /// null `data()`.
  [[nodiscard]] outcome find(std::string_view text, std::span<std::string_view> groups) const;
  [[nodiscard]] std::size_t group_count() const { return groups_; }

 private:
  using byte_set = std::array<bool, 256>;
  enum class op : std::uint8_t { literal, one, many, split, jump, save, begin, end, match };
  struct instruction {
    op code = op::match;
    std::uint32_t a = 0;  ///< split, jump: target; save: slot; one, many: set; many: least in `b`
    std::uint32_t b = 0;  ///< split: second choice; many: least count; `?` is a split
    std::string text;     ///< literal
  };
  struct run_state;
  class compiler;

  [[nodiscard]] bool run(run_state& s, std::uint32_t pc, std::size_t at) const;
  [[nodiscard]] std::size_t find_required(std::string_view text, std::size_t from) const;
  [[nodiscard]] bool run_many(run_state& s, std::uint32_t pc, std::size_t at) const;

  std::vector<instruction> code_;
  std::vector<byte_set> sets_;
  std::size_t groups_ = 0;
  // A literal that every match holds, between `least_before_` and `most_before_` bytes behind its
  // beginning: where it does not occur nothing has to be tried.
  std::string required_;
  std::size_t least_before_ = 0;
  std::size_t most_before_ = 0;
  std::size_t rare_ = 0;  // index of the byte of `required_` that texts hold least often
};

}  // namespace millrace::expr
