#include "core/sql/parse/lexer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace millrace::sql {
namespace {

std::vector<std::string> texts_of(std::string_view script) {
  lexer tokens(script);
  std::vector<std::string> texts;
  for (auto t = tokens.next(); t.kind != token_kind::end; t = tokens.next()) {
    if (t.kind == token_kind::bad) return {to_text(*tokens.failure())};
    texts.emplace_back(t.text);
  }
  return texts;
}

std::vector<token_kind> kinds_of(std::string_view script) {
  lexer tokens(script);
  std::vector<token_kind> kinds;
  for (auto t = tokens.next(); t.kind != token_kind::end; t = tokens.next()) {
    kinds.push_back(t.kind);
    if (t.kind == token_kind::bad) break;
  }
  return kinds;
}

using texts = std::vector<std::string>;

TEST(lexer, cuts_words_numbers_and_symbols) {
  EXPECT_EQ(texts_of("a1<=b$x||.5 1e-3 12.e"),
            (texts{"a1", "<=", "b$x", "||", ".5", "1e-3", "12.", "e"}));
  EXPECT_EQ(texts_of("ARRAY<ARRAY<INT>>"), (texts{"ARRAY", "<", "ARRAY", "<", "INT", ">", ">"}));
}

TEST(lexer, tells_kinds_apart) {
  using enum token_kind;
  EXPECT_EQ(kinds_of("a `a` 1 1.0 1e0 'a' U&'a' X'0a' N'a' /*+ */"),
            (std::vector{word, quoted_name, integer, decimal, approximate, string, unicode_string,
                         binary_string, string, hint_open, hint_close}));
}

TEST(lexer, skips_comments) {
  EXPECT_EQ(texts_of("a -- b 'c\n/* d ` \n */ e"), (texts{"a", "e"}));
  EXPECT_EQ(texts_of("a --"), (texts{"a"}));
}

TEST(lexer, counts_lines_and_columns_in_bytes) {
  lexer tokens("a\n  'ä' b");
  EXPECT_EQ(tokens.next().at(), (text_position{1, 1, 1}));
  EXPECT_EQ(tokens.next().at(), (text_position{2, 3, 4}));
  EXPECT_EQ(tokens.next().at(), (text_position{2, 8, 1}));
}

TEST(lexer, skips_a_byte_order_mark) {
  EXPECT_EQ(texts_of("\xEF\xBB\xBF"
                     "a"),
            (texts{"a"}));
}

TEST(lexer, undoes_doubled_quotes) {
  lexer tokens("'it''s ''' `a``b`");
  EXPECT_EQ(unquote(tokens.next()), "it's '");
  EXPECT_EQ(unquote(tokens.next()), "a`b");
}

struct bad_text {
  std::string_view script;
  text_position at;
  std::string_view message;
};

TEST(lexer, places_errors) {
  using namespace std::string_view_literals;
  const bad_text cases[] = {
      {"a 'b", {1, 3, 1}, "this ' is never closed"},
      {"a\n `b", {2, 2, 1}, "this ` is never closed"},
      {"X'0a", {1, 1, 2}, "this ' is never closed"},
      {"a /* b", {1, 3, 2}, "this comment is never closed"},
      {"a ``", {1, 3, 2}, "a name in backquotes cannot be empty"},
      {"a \"b\"", {1, 3, 1}, "double quotes are not used in Flink SQL"},
      {"a \\", {1, 3, 1}, "stray byte 0x5c"},
      {"a \0"sv, {1, 3, 1}, "stray byte 0x00"},
      {"a 'x\xff'", {1, 5, 1}, "the text is not valid UTF-8 here"},
      {"a -- \xc3\nb", {1, 6, 1}, "the comment is not valid UTF-8 here"},
  };
  for (const auto& c : cases) {
    lexer tokens(c.script);
    while (tokens.next().kind != token_kind::bad) continue;
    EXPECT_EQ(tokens.failure()->code, errc::sql_bad_token) << c.script;
    EXPECT_EQ(tokens.failure()->message, c.message) << c.script;
    EXPECT_EQ(tokens.failure()->at, c.at) << c.script;
  }
}

TEST(lexer, finds_invalid_utf8) {
  constexpr auto none = std::string_view::npos;
  EXPECT_EQ(first_invalid_utf8("aä€😀"), none);
  EXPECT_EQ(first_invalid_utf8("a\xC0\x80"), 1u);           // overlong
  EXPECT_EQ(first_invalid_utf8("\xED\xA0\x80"), 0u);        // surrogate
  EXPECT_EQ(first_invalid_utf8("ab\xF4\x90\x80\x80"), 2u);  // above U+10FFFF
  EXPECT_EQ(first_invalid_utf8("a\xE2\x82"), 1u);           // cut off
}

}  // namespace
}  // namespace millrace::sql
