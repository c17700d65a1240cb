#pragma once

#include "core/base/result.hpp"
#include "core/sql/ast/name.hpp"
#include "core/sql/parse/lexer.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::sql {

/// Reads tokens with lookahead and makes the errors about them. Base of `parser`.
/// A lexical error shows as a token that fits nowhere; `unexpected` then gives the lexer's error.
class cursor {
 public:
  explicit cursor(std::string_view text) : lexer_(text) {}

  [[nodiscard]] const token& peek(std::size_t ahead = 0);
  /// Takes the current token; stays at the end.
  token advance();
  /// End of the token taken last, in bytes of the script.
  [[nodiscard]] std::size_t last_end() const { return last_.end(); }
  [[nodiscard]] bool at_end() { return peek().kind == token_kind::end; }

  [[nodiscard]] bool at_symbol(std::string_view symbol, std::size_t ahead = 0);
  /// Keywords are given in upper case; names in backquotes are never keywords.
  [[nodiscard]] bool at_word(std::string_view keyword, std::size_t ahead = 0);
  [[nodiscard]] bool at_any(std::initializer_list<std::string_view> keywords,
                            std::size_t ahead = 0);
  [[nodiscard]] bool at_words(std::initializer_list<std::string_view> keywords);
  /// A plain or quoted name that is not reserved.
  [[nodiscard]] bool at_name(std::size_t ahead = 0);
  bool accept_symbol(std::string_view symbol);
  bool accept_word(std::string_view keyword);
  /// Takes all of them or none.
  bool accept_words(std::initializer_list<std::string_view> keywords);

  result<void> expect_symbol(std::string_view symbol);
  result<void> expect_word(std::string_view keyword);
  result<void> expect_words(std::initializer_list<std::string_view> keywords);
  /// `what` names what stands here, for the error ("a table name").
  result<name> expect_name(std::string_view what);
  result<qualified_name> expect_path(std::string_view what);
  result<std::string> expect_string(std::string_view what);
  result<std::uint32_t> expect_count(std::string_view what);

  /// `unexpected X, expected Y` at the current token, with a hint where one can be guessed.
  [[nodiscard]] error unexpected(std::string_view expected);
  [[nodiscard]] static error not_supported(text_position at, std::string_view what,
                                           std::string_view hint = {});

 protected:
  /// A subtree that is being parsed: its height starts at nothing and counts for its parent's.
  class subtree {
   public:
    explicit subtree(cursor& owner);
    ~subtree();
    subtree(const subtree&) = delete;
    subtree& operator=(const subtree&) = delete;

   private:
    cursor& owner_;
    std::size_t outer_height_;
  };
  /// A subtree in parentheses, a call and the like: counts for the depth of recursion as well.
  class nesting {
   public:
    explicit nesting(cursor& owner);
    ~nesting();
    nesting(const nesting&) = delete;
    nesting& operator=(const nesting&) = delete;
    /// sql_too_deep when this level is one too many.
    [[nodiscard]] result<void> check() const;

   private:
    cursor& owner_;
    subtree tree_;
  };
  /// One more node on top of what was parsed at this level; sql_too_deep beyond the limit.
  result<void> grow();

 private:
  [[nodiscard]] std::string hint_for(const token& found) const;
  [[nodiscard]] error too_deep();

  lexer lexer_;
  std::vector<token> ahead_;
  std::size_t head_ = 0;
  token last_;
  std::size_t depth_ = 0;
  std::size_t height_ = 0;
};

}  // namespace millrace::sql
