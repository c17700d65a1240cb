#include "core/sql/parse/cursor.hpp"

#include "core/sql/parse/keywords.hpp"
#include "core/sql/parse/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace millrace::sql {
namespace {

std::string describe_token(const token& found) {
  constexpr std::size_t longest = 40;
  if (found.kind == token_kind::end) return "end of the text";
  std::size_t cut = std::min(found.text.size(), longest);
  while (cut < found.text.size() && (static_cast<unsigned char>(found.text[cut]) & 0xC0) == 0x80)
    --cut;
  return fmt::format("'{}{}'", found.text.substr(0, cut), cut < found.text.size() ? "..." : "");
}

bool begins_statement(std::string_view word) {
  constexpr std::string_view heads[] = {"SELECT", "INSERT", "CREATE", "DROP",    "ALTER",
                                        "SET",    "RESET",  "SHOW",   "EXECUTE", "EXPLAIN"};
  return std::any_of(std::begin(heads), std::end(heads),
                     [&](std::string_view head) { return equals_keyword(word, head); });
}

// Words that are seldom meant as names: something before them was left out.
bool continues_statement(std::string_view word) {
  constexpr std::string_view words[] = {"FROM",  "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT",
                                        "UNION", "JOIN",  "ON",    "AND",    "OR",    "WHEN",
                                        "THEN",  "ELSE",  "AS",    "IN",     "SELECT"};
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view known) { return equals_keyword(word, known); });
}

// A keyword that the word was probably meant to be; empty when it is one or none is near.
std::string misspelt(const token& found) {
  if (found.kind != token_kind::word || found.text.size() < 3 || is_reserved(found.text)) return {};
  std::string near = nearest_name(to_upper(found.text), clause_keywords());
  return equals_keyword(found.text, near) ? std::string{} : near;
}

}  // namespace

const token& cursor::peek(std::size_t ahead) {
  while (head_ + ahead >= ahead_.size()) ahead_.push_back(lexer_.next());
  return ahead_[head_ + ahead];
}

token cursor::advance() {
  constexpr std::size_t window = 256;
  last_ = peek();
  if (last_.kind == token_kind::end || last_.kind == token_kind::bad) return last_;
  if (++head_ >= window) {
    ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
  return last_;
}

bool cursor::at_symbol(std::string_view symbol, std::size_t ahead) {
  const token& t = peek(ahead);
  return t.kind == token_kind::symbol && t.text == symbol;
}

bool cursor::at_word(std::string_view keyword, std::size_t ahead) {
  const token& t = peek(ahead);
  return t.kind == token_kind::word && equals_keyword(t.text, keyword);
}

bool cursor::at_any(std::initializer_list<std::string_view> keywords, std::size_t ahead) {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&](std::string_view keyword) { return at_word(keyword, ahead); });
}

bool cursor::at_words(std::initializer_list<std::string_view> keywords) {
  std::size_t ahead = 0;
  return std::all_of(keywords.begin(), keywords.end(),
                     [&](std::string_view keyword) { return at_word(keyword, ahead++); });
}

bool cursor::at_name(std::size_t ahead) {
  const token& t = peek(ahead);
  return t.kind == token_kind::quoted_name || (t.kind == token_kind::word && !is_reserved(t.text));
}

bool cursor::accept_symbol(std::string_view symbol) {
  if (!at_symbol(symbol)) return false;
  advance();
  return true;
}

bool cursor::accept_word(std::string_view keyword) { return accept_words({keyword}); }

bool cursor::accept_words(std::initializer_list<std::string_view> keywords) {
  if (!at_words(keywords)) return false;
  for (std::size_t i = 0; i < keywords.size(); ++i) advance();
  return true;
}

result<void> cursor::expect_symbol(std::string_view symbol) {
  if (accept_symbol(symbol)) return {};
  return unexpected(fmt::format("'{}'", symbol));
}

result<void> cursor::expect_word(std::string_view keyword) {
  if (accept_word(keyword)) return {};
  return unexpected(keyword);
}

result<void> cursor::expect_words(std::initializer_list<std::string_view> keywords) {
  for (const auto keyword : keywords) MILLRACE_CHECK(expect_word(keyword));
  return {};
}

result<name> cursor::expect_name(std::string_view what) {
  if (!at_name()) return unexpected(what);
  const token found = advance();
  const bool quoted = found.kind == token_kind::quoted_name;
  return name{quoted ? unquote(found) : std::string(found.text), quoted, found.at()};
}

result<qualified_name> cursor::expect_path(std::string_view what) {
  qualified_name path;
  do {
    MILLRACE_TRY(path.emplace_back(), expect_name(what));
  } while (accept_symbol("."));
  return path;
}

result<std::string> cursor::expect_string(std::string_view what) {
  if (peek().kind != token_kind::string) return unexpected(what);
  return unquote(advance());
}

result<std::uint32_t> cursor::expect_count(std::string_view what) {
  const token found = peek();
  if (found.kind != token_kind::integer) return unexpected(what);
  std::uint32_t value = 0;
  const auto parsed =
      std::from_chars(found.text.data(), found.text.data() + found.text.size(), value);
  if (parsed.ec != std::errc{})
    return make_error(errc::sql_bad_literal, found.at(),
                      fmt::format("{} is out of range for {}", describe_token(found), what));
  advance();
  return value;
}

error cursor::unexpected(std::string_view expected) {
  const token found = peek();
  if (found.kind == token_kind::bad) return *lexer_.failure();
  std::string message = fmt::format("unexpected {}, expected {}", describe_token(found), expected);
  return make_error(errc::sql_unexpected_token, found.at(), std::move(message), hint_for(found));
}

std::string cursor::hint_for(const token& found) const {
  const std::string near = misspelt(found);
  if (!near.empty()) return fmt::format("did you mean {}?", near);
  const std::string before = misspelt(last_);
  if (!before.empty() && before != to_upper(last_.text) && found.kind == token_kind::word)
    return fmt::format("did you mean {} instead of '{}'?", before, last_.text);
  if (found.kind != token_kind::word || !is_reserved(found.text)) return {};
  if (begins_statement(found.text) && found.line > last_.line)
    return fmt::format("is a ; missing before {}?", to_upper(found.text));
  if (continues_statement(found.text))
    return fmt::format("something is missing in front of {}", to_upper(found.text));
  return fmt::format("{0} is a reserved word; to use it as a name write it in backquotes: `{0}`",
                     found.text);
}

error cursor::not_supported(text_position at, std::string_view what, std::string_view hint) {
  return make_error(errc::sql_not_supported, at, fmt::format("{} is not supported", what),
                    std::string(hint));
}

error cursor::too_deep() {
  return make_error(errc::sql_too_deep, peek().at(),
                    fmt::format("the statement nests deeper than {} levels or chains more than {} "
                                "operators",
                                max_nesting, max_tree_height),
                    "split it with views, or use IN (..) instead of a chain of OR");
}

cursor::subtree::subtree(cursor& owner) : owner_(owner), outer_height_(owner.height_) {
  owner_.height_ = 0;
}

cursor::subtree::~subtree() { owner_.height_ = std::max(outer_height_, owner_.height_ + 1); }

cursor::nesting::nesting(cursor& owner) : owner_(owner), tree_(owner) { ++owner_.depth_; }

cursor::nesting::~nesting() { --owner_.depth_; }

result<void> cursor::nesting::check() const {
  if (owner_.depth_ > max_nesting) return owner_.too_deep();
  return {};
}

result<void> cursor::grow() {
  if (++height_ > max_tree_height) return too_deep();
  return {};
}

}  // namespace millrace::sql
