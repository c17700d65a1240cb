#include "cli/shell/statement_end.hpp"

#include "cli/shell/own_command.hpp"
#include "core/sql/parse/keywords.hpp"
#include "core/sql/parse/lexer.hpp"

#include <cctype>
#include <string_view>

namespace millrace::cli {

namespace {

using sql::equals_keyword;
using sql::token_kind;

/// Knows from the words so far whether a `;` ends the statement. A statement set has `;` of its own
/// and ends with the END behind one of them; the END of a CASE stands elsewhere.
class set_tracker {
 public:
  void take(const sql::token& t) {
    const bool closes = last_.text == ";" || equals_keyword(last_.text, "BEGIN");
    if (inside_ && closes && equals_keyword(t.text, "END")) inside_ = false;
    if (is_head(t)) inside_ = true;
    before_ = last_;
    last_ = t;
  }
  [[nodiscard]] bool inside() const { return inside_; }

 private:
  // BEGIN STATEMENT SET, STATEMENT SET BEGIN
  [[nodiscard]] bool is_head(const sql::token& t) const {
    const auto words = [&](std::string_view a, std::string_view b, std::string_view c) {
      return equals_keyword(before_.text, a) && equals_keyword(last_.text, b) &&
             equals_keyword(t.text, c);
    };
    return words("BEGIN", "STATEMENT", "SET") || words("STATEMENT", "SET", "BEGIN");
  }

  sql::token before_;
  sql::token last_;
  bool inside_ = false;
};

// The lexer stopped at a quote or comment that is still open.
bool is_open(std::string_view rest) {
  if (rest.starts_with("/*")) return true;
  const std::size_t quote = rest.find_first_of("'`");
  const bool prefixed = quote < 3 && std::isalpha(static_cast<unsigned char>(rest[0])) != 0;
  return (quote == 0 || prefixed) && !rest.starts_with("``");
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 1);
}

}  // namespace

typed how_much_is_typed(std::string_view text) {
  text = without_blanks(text);
  if (is_own_command(text)) return typed::all;
  sql::lexer lexer(text);
  set_tracker set;
  typed so_far = typed::nothing;
  for (sql::token t = lexer.next(); t.kind != token_kind::end; t = lexer.next()) {
    if (t.kind == token_kind::bad) {
      const bool broken = !is_open(text.substr(t.offset)) && text.ends_with(';');
      return broken ? typed::all : typed::part;
    }
    set.take(t);
    so_far = t.text == ";" && !set.inside() ? typed::all : typed::part;
  }
  return so_far;
}

}  // namespace millrace::cli
