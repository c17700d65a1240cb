#include "cli/shell/named_relations.hpp"

#include "core/sql/parse/keywords.hpp"

#include <utility>

namespace millrace::cli {

namespace {

using sql::equals_keyword;
using sql::token;
using sql::token_kind;

bool leads_to_relation(const token& t) {
  if (t.kind != token_kind::word) return false;
  for (const std::string_view word : {"FROM", "JOIN", "INTO", "TABLE"})
    if (equals_keyword(t.text, word)) return true;
  return false;
}

/// Walks over the tokens up to the end, a `;` or what is no token.
class token_walk {
 public:
  explicit token_walk(std::string_view text) : lexer_(text), now_(lexer_.next()) {}
  [[nodiscard]] const token& now() const { return now_; }
  void advance() { now_ = lexer_.next(); }
  [[nodiscard]] bool at_end() const {
    return now_.kind == token_kind::end || now_.kind == token_kind::bad || now_.text == ";";
  }
  bool accept(std::string_view symbol_or_word) {
    if (at_end() || !equals_keyword(now_.text, symbol_or_word)) return false;
    advance();
    return true;
  }

 private:
  sql::lexer lexer_;
  token now_;
};

named_relation read_relation(token_walk& walk) {
  named_relation relation;
  while (is_name(walk.now())) {
    relation.path.push_back(name_of(walk.now()));
    walk.advance();
    if (!walk.accept(".")) break;
  }
  walk.accept("AS");
  if (!is_name(walk.now())) return relation;
  relation.alias = name_of(walk.now());
  walk.advance();
  return relation;
}

}  // namespace

bool is_name(const token& t) {
  if (t.kind == token_kind::quoted_name) return true;
  return t.kind == token_kind::word && !sql::is_reserved(t.text);
}

std::string name_of(const token& t) {
  return t.kind == token_kind::quoted_name ? sql::unquote(t) : std::string(t.text);
}

std::vector<named_relation> named_relations(std::string_view text) {
  std::vector<named_relation> relations;
  token_walk walk(text);
  while (!walk.at_end()) {
    const bool leads = leads_to_relation(walk.now());
    walk.advance();
    if (!leads || !is_name(walk.now())) continue;
    do relations.push_back(read_relation(walk));
    while (walk.accept(",") && is_name(walk.now()));
  }
  return relations;
}

}  // namespace millrace::cli
