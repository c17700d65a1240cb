#include "cli/shell/completion.hpp"

#include "cli/shell/keyword_list.hpp"
#include "cli/shell/named_relations.hpp"
#include "cli/shell/own_command.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/catalog/definition_text.hpp"
#include "core/sql/parse/keywords.hpp"
#include "core/sql/session/session_options.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <utility>

namespace millrace::cli {

namespace {

using sql::equals_keyword;
using sql::token;
using sql::token_kind;

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_plain_name(std::string_view name) {
  const auto part = [](char c) {
    return is_letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
  };
  return !name.empty() && is_letter(name[0]) && std::ranges::all_of(name, part);
}

bool begins_with(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         sql::to_upper(text.substr(0, start.size())) == sql::to_upper(start);
}

std::string to_lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> known) {
  return std::ranges::any_of(known, [&](auto k) { return equals_keyword(word, k); });
}

/// Finds the place of the cursor in its statement, then collects what fits there.
class completer {
 public:
  completer(std::string_view text, std::size_t cursor, sql::session& session)
      : text_(text), cursor_(std::min(cursor, text.size())), session_(session) {}

  completion find();

 private:
  void read_before();
  void take_word();
  void add_what_fits();
  void add(std::string_view word);
  void add_name(const std::string& name);
  void add_keywords(std::span<const std::string_view> words);
  void add_functions();
  void add_relations();
  void add_qualified();
  void add_columns();
  void add_columns_of(const name_path& path);
  void add_option_keys();
  [[nodiscard]] std::string_view last_word() const {
    return before_.empty() ? std::string_view{} : before_.back().text;
  }

  std::string_view text_;
  std::size_t cursor_;
  sql::session& session_;
  std::vector<token> before_;  // the tokens of the statement in front of the word
  std::size_t start_ = 0;      // of the statement
  char open_quote_ = '\0';     // the cursor is within one
  name_path qualifier_;        // `a.b.` in front of the word
  std::string_view word_;
  std::string rest_;  // the statement without the word, and what is behind it
  completion found_;
};

completion completer::find() {
  if (is_own_command(text_) && text_.find(' ') >= cursor_) {
    word_ = text_.substr(0, cursor_);
    for (const auto& own : own_commands()) add(own.word);
    return std::move(found_);
  }
  read_before();
  take_word();
  add_what_fits();
  std::ranges::sort(found_.words);
  const auto doubles = std::ranges::unique(found_.words);
  found_.words.erase(doubles.begin(), doubles.end());
  return std::move(found_);
}

// A command of the shell and its argument are like a statement: `\d ord`.
void completer::read_before() {
  if (text_.starts_with('\\')) start_ = std::min(text_.find(' '), cursor_);
  sql::lexer lexer(text_.substr(start_, cursor_ - start_));
  const std::size_t shift = start_;
  for (token t = lexer.next(); t.kind != token_kind::end; t = lexer.next()) {
    if (t.kind == token_kind::bad) {
      const char quote = text_[shift + t.offset];
      if (quote == '\'' || quote == '`') open_quote_ = quote;
      found_.from = shift + t.offset;
      return;
    }
    before_.push_back(t);
    if (t.text != ";") continue;
    before_.clear();
    start_ = shift + t.end();
  }
  found_.from = cursor_;
}

// The word at the cursor and the names with dots in front of it leave `before_`.
void completer::take_word() {
  if (open_quote_ == '\0' && !before_.empty()) {
    const token& last = before_.back();
    const bool touches = last.text.data() + last.text.size() == text_.data() + cursor_;
    if (touches && last.kind == token_kind::word) {
      found_.from = cursor_ - last.text.size();
      before_.pop_back();
    }
  }
  word_ = text_.substr(found_.from, cursor_ - found_.from);
  rest_ = std::string(text_.substr(start_, found_.from - start_)) + ' ';
  rest_ += text_.substr(cursor_);
  while (before_.size() >= 2 && last_word() == "." && is_name(before_[before_.size() - 2])) {
    qualifier_.insert(qualifier_.begin(), name_of(before_[before_.size() - 2]));
    before_.resize(before_.size() - 2);
  }
}

void completer::add_what_fits() {
  if (open_quote_ == '\'') {
    if (before_.size() == 1 && is_one_of(last_word(), {"SET", "RESET"})) add_option_keys();
    return;
  }
  if (!qualifier_.empty()) return add_qualified();
  const bool wants_relation =
      text_.starts_with('\\') || is_one_of(last_word(), {"FROM", "JOIN", "INTO", "OVERWRITE",
                                                         "TABLE", "DESCRIBE", "DESC", "VIEW"});
  if (wants_relation) return add_relations();
  if (equals_keyword(last_word(), "USE")) {
    for (const auto& name : session_.objects().databases(session_.objects().current_catalog()))
      add_name(name);
    add("CATALOG");
    return;
  }
  if (before_.size() == 2 && equals_keyword(last_word(), "CATALOG")) {
    for (const auto& name : session_.objects().catalogs()) add_name(name);
    return;
  }
  if (before_.empty()) return add_keywords(statement_keywords());
  if (const auto behind = keywords_behind(last_word()); !behind.empty())
    return add_keywords(behind);
  add_columns();
  add_functions();
  add_keywords(clause_keywords());
}

void completer::add(std::string_view word) {
  if (begins_with(word, word_)) found_.words.emplace_back(word);
}

void completer::add_name(const std::string& name) {
  const bool plain = open_quote_ == '\0' && is_plain_name(name) && !sql::is_reserved(name);
  add(plain ? name : sql::quoted_name(name));
}

void completer::add_keywords(std::span<const std::string_view> words) {
  const bool lower = !word_.empty() && std::islower(static_cast<unsigned char>(word_[0])) != 0;
  for (const auto word : words) add(lower ? to_lower(word) : std::string(word));
}

void completer::add_functions() {
  std::vector<std::string> calls;
  const auto note = [&](std::string_view name) {
    if (is_plain_name(name)) calls.push_back(std::string(name) + "(");
  };
  for (const auto* f : expr::all_scalars()) note(f->name);
  for (const auto* f : expr::all_aggregates()) note(f->name);
  for (const auto* f : expr::all_table_functions()) note(f->name);
  const std::vector<std::string_view> words(calls.begin(), calls.end());
  add_keywords(words);
  for (const auto& name : session_.objects().functions()) add(name + "(");
}

void completer::add_relations() {
  const auto& objects = session_.objects();
  const auto& in = objects.current_catalog();
  for (const auto& name : objects.tables(in, objects.current_database())) add_name(name);
  for (const auto& name : objects.views(in, objects.current_database())) add_name(name);
  for (const auto& name : objects.databases(in)) add_name(name);
  for (const auto& name : objects.catalogs()) add_name(name);
}

// Behind `catalog.`, `database.`, `catalog.database.`, and the name of a table or its alias.
void completer::add_qualified() {
  const auto& objects = session_.objects();
  const std::string& last = qualifier_.back();
  const std::string& in = qualifier_.size() > 1 ? qualifier_.front() : objects.current_catalog();
  if (objects.has_database(in, last)) {
    for (const auto& name : objects.tables(in, last)) add_name(name);
    for (const auto& name : objects.views(in, last)) add_name(name);
  }
  if (qualifier_.size() == 1 && objects.has_catalog(last))
    for (const auto& name : objects.databases(last)) add_name(name);
  for (const auto& relation : named_relations(rest_)) {
    const bool meant = relation.alias == last || relation.path == qualifier_;
    if (meant) add_columns_of(relation.path);
  }
}

void completer::add_columns() {
  for (const auto& relation : named_relations(rest_)) {
    if (!relation.alias.empty()) add_name(relation.alias);
    add_columns_of(relation.path);
  }
}

void completer::add_columns_of(const name_path& path) {
  sql::qualified_name name;
  for (const auto& part : path) name.push_back({part, true, {}});
  const auto full = session_.objects().complete(name);
  if (!full) return;
  const auto entry = session_.objects().find(*full);
  if (entry.table)
    for (const auto& column : entry.table->columns) add_name(column.name);
  if (entry.view)
    for (const auto& column : entry.view->column_names) add_name(column);
}

void completer::add_option_keys() {
  for (const auto& option : sql::session_options()) add("'" + std::string(option.key) + "'");
}

}  // namespace

std::string completion::insertion() const {
  if (words.empty()) return {};
  std::string shared = words.front();
  for (const auto& word : words) {
    const auto [end, other] = std::ranges::mismatch(shared, word);
    shared.erase(end, shared.end());
  }
  const bool closed = shared.ends_with('(') || shared.ends_with('\'');
  return words.size() == 1 && !closed ? shared + ' ' : shared;
}

completion complete(std::string_view text, std::size_t cursor, sql::session& session) {
  return completer(text, cursor, session).find();
}

}  // namespace millrace::cli
