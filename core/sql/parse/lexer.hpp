#pragma once

#include "core/sql/parse/token.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::sql {

/// Cuts a script into tokens, one at a time; comments and blanks are skipped, hints are not.
/// `text` must outlive lexer and tokens. Columns count bytes.
class lexer {
 public:
  explicit lexer(std::string_view text);

  /// The next token; `end` for ever at the end, `bad` for ever after an error.
  [[nodiscard]] token next();
  /// What was wrong: sql_bad_token (open quote or comment, stray byte, invalid UTF-8).
  [[nodiscard]] const std::optional<error>& failure() const { return failure_; }
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  /// Skips blanks and comments; false after an error.
  bool skip_trivia();
  bool skip_block_comment();
  token scan();
  token quoted(char quote, std::size_t prefix, token_kind kind);
  token number();
  token word();
  token symbol();
  /// A token from `pos_` of that many bytes; moves on behind it.
  token take(token_kind kind, std::size_t length);
  token fail(std::size_t offset, std::size_t length, std::string message, std::string hint);
  void move_to(std::size_t offset);
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }

  std::string_view text_;
  std::size_t pos_ = 0;
  std::uint32_t line_ = 1;
  std::size_t line_start_ = 0;
  bool in_hint_ = false;
  /// First byte that is not UTF-8.
  std::size_t invalid_at_;
  std::optional<error> failure_;
};

/// The text between the quotes of a string or backquoted token, doubled quotes undone.
[[nodiscard]] std::string unquote(const token& t);
/// Offset of the first byte that is not part of valid UTF-8, npos when all is.
[[nodiscard]] std::size_t first_invalid_utf8(std::string_view text);

}  // namespace millrace::sql
