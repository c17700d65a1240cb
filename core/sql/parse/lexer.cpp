#include "core/sql/parse/lexer.hpp"

#include "core/base/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::sql {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_word_part(char c) { return is_word_start(c) || is_digit(c); }

// Longest first. `>>` is left as two tokens: it closes two nested types.
constexpr std::array<std::string_view, 8> long_symbols = {
    "<>", "<=", ">=", "!=", "||", "=>", "->", "::"};
constexpr std::string_view single_symbols = "()[]{}<>=+-*/%,.;:|?^@&~!";

}  // namespace

lexer::lexer(std::string_view text) : text_(text), invalid_at_(first_invalid_utf8(text)) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text_.starts_with(byte_order_mark)) move_to(byte_order_mark.size());
}

token lexer::next() {
  if (failure_ || !skip_trivia()) return {token_kind::bad, {}, pos_, line_, 1};
  token found = scan();
  if (failure_ || found.end() <= invalid_at_) return found;
  return fail(invalid_at_, 1, "the text is not valid UTF-8 here", "save the script as UTF-8");
}

void lexer::move_to(std::size_t offset) {
  for (; pos_ < offset; ++pos_) {
    if (text_[pos_] != '\n') continue;
    ++line_;
    line_start_ = pos_ + 1;
  }
}

token lexer::take(token_kind kind, std::size_t length) {
  const token found{kind, text_.substr(pos_, length), pos_, line_,
                    static_cast<std::uint32_t>(pos_ - line_start_ + 1)};
  move_to(pos_ + length);
  return found;
}

token lexer::fail(std::size_t offset, std::size_t length, std::string message, std::string hint) {
  if (offset < pos_) {
    // The place lies behind a token that was already taken: count lines anew.
    pos_ = line_start_ = 0;
    line_ = 1;
  }
  move_to(offset);
  const text_position at{line_, static_cast<std::uint32_t>(pos_ - line_start_ + 1),
                         static_cast<std::uint32_t>(length)};
  failure_ = make_error(errc::sql_bad_token, at, std::move(message), std::move(hint));
  return {token_kind::bad, {}, offset, at.line, at.column};
}

bool lexer::skip_trivia() {
  for (;;) {
    while (is_space(peek())) move_to(pos_ + 1);
    if (peek() == '-' && peek(1) == '-') {
      move_to(std::min(text_.find('\n', pos_), text_.size()));
    } else if (peek() == '/' && peek(1) == '*' && peek(2) != '+') {
      if (!skip_block_comment()) return false;
    } else {
      break;
    }
  }
  if (pos_ <= invalid_at_) return true;
  fail(invalid_at_, 1, "the comment is not valid UTF-8 here", "save the script as UTF-8");
  return false;
}

bool lexer::skip_block_comment() {
  const std::size_t end = text_.find("*/", pos_ + 2);
  if (end == std::string_view::npos) {
    fail(pos_, 2, "this comment is never closed", "end it with */");
    return false;
  }
  move_to(end + 2);
  return true;
}

token lexer::scan() {
  const char c = peek();
  if (pos_ >= text_.size()) return take(token_kind::end, 0);
  if ((c == 'u' || c == 'U') && peek(1) == '&' && peek(2) == '\'')
    return quoted('\'', 2, token_kind::unicode_string);
  if ((c == 'x' || c == 'X') && peek(1) == '\'') return quoted('\'', 1, token_kind::binary_string);
  if ((c == 'n' || c == 'N') && peek(1) == '\'') return quoted('\'', 1, token_kind::string);
  if (is_word_start(c)) return word();
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
  if (c == '\'') return quoted('\'', 0, token_kind::string);
  if (c == '`') return quoted('`', 0, token_kind::quoted_name);
  return symbol();
}

token lexer::quoted(char quote, std::size_t prefix, token_kind kind) {
  std::size_t end = pos_ + prefix + 1;
  for (;; end += 2) {
    end = text_.find(quote, end);
    if (end == std::string_view::npos)
      return fail(pos_, prefix + 1, fmt::format("this {} is never closed", quote),
                  fmt::format("end it with {0}; inside write {0}{0} for one {0}", quote));
    if (end + 1 >= text_.size() || text_[end + 1] != quote) break;
  }
  if (kind == token_kind::quoted_name && end == pos_ + 1)
    return fail(pos_, 2, "a name in backquotes cannot be empty", "");
  return take(kind, end + 1 - pos_);
}

token lexer::number() {
  std::size_t at = 0;
  token_kind kind = token_kind::integer;
  while (is_digit(peek(at))) ++at;
  if (peek(at) == '.' && peek(at + 1) != '.') {
    kind = token_kind::decimal;
    ++at;
    while (is_digit(peek(at))) ++at;
  }
  if (peek(at) == 'e' || peek(at) == 'E') {
    std::size_t digits = at + 1;
    if (peek(digits) == '+' || peek(digits) == '-') ++digits;
    if (is_digit(peek(digits))) {
      kind = token_kind::approximate;
      at = digits;
      while (is_digit(peek(at))) ++at;
    }
  }
  return take(kind, at);
}

token lexer::word() {
  std::size_t at = 1;
  while (is_word_part(peek(at))) ++at;
  return take(token_kind::word, at);
}

token lexer::symbol() {
  const std::string_view rest = text_.substr(pos_);
  if (rest.starts_with("/*+")) {
    in_hint_ = true;
    return take(token_kind::hint_open, 3);
  }
  if (in_hint_ && rest.starts_with("*/")) {
    in_hint_ = false;
    return take(token_kind::hint_close, 2);
  }
  for (const auto s : long_symbols)
    if (rest.starts_with(s)) return take(token_kind::symbol, s.size());
  if (single_symbols.find(rest[0]) != std::string_view::npos) return take(token_kind::symbol, 1);
  if (rest[0] == '"')
    return fail(pos_, 1, "double quotes are not used in Flink SQL",
                "write text in single quotes and names in backquotes");
  return fail(pos_, 1, fmt::format("stray byte 0x{:02x}", static_cast<unsigned char>(rest[0])), "");
}

std::string unquote(const token& t) {
  std::string_view text = t.text;
  const char quote = text.back();
  text.remove_prefix(text.find(quote) + 1);
  text.remove_suffix(1);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == quote) ++i;
  }
  return out;
}

}  // namespace millrace::sql
