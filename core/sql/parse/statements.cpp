#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

namespace millrace::sql {

// One statement with its place, up to but without the `;`.
result<statement> parser::parse_statement() {
  const token first = peek();
  MILLRACE_TRY(auto made, parse_statement_body());
  made.at = first.at();
  made.text_offset = first.offset;
  made.text_length = last_end() - first.offset;
  if (!at_end() && !at_symbol(";")) return unexpected("';' or the end of the statement");
  return made;
}

result<statement> parser::parse_statement_body() {
  struct head {
    std::string_view word;
    result<statement> (parser::*rule)();
  };
  static constexpr head heads[] = {
      {"CREATE", &parser::parse_create},   {"REPLACE", &parser::parse_create},
      {"ALTER", &parser::parse_alter},     {"DROP", &parser::parse_drop},
      {"SHOW", &parser::parse_show},       {"DESCRIBE", &parser::parse_describe},
      {"DESC", &parser::parse_describe},   {"USE", &parser::parse_use},
      {"SET", &parser::parse_set},         {"RESET", &parser::parse_reset},
      {"EXPLAIN", &parser::parse_explain}, {"EXECUTE", &parser::parse_execute},
      {"COMPILE", &parser::parse_compile}, {"STOP", &parser::parse_stop},
  };
  for (const auto& known : heads)
    if (at_word(known.word)) return (this->*known.rule)();
  if (at_word("INSERT")) return parse_insert(false);
  if (at_words({"STATEMENT", "SET"})) return parse_statement_set(false);
  if (accept_word("BEGIN")) return parse_statement_set(true);
  if (!at_query() && !at_symbol("(")) return parse_unsupported();
  MILLRACE_TRY(auto select, parse_query());
  return make_statement(query_statement{std::move(select)});
}

// Statements of Flink that millrace knows but does not run.
result<statement> parser::parse_unsupported() {
  struct unsupported {
    std::initializer_list<std::string_view> words;
    std::string_view statement;
    std::string_view hint;
  };
  static const unsupported known[] = {
      {{"ANALYZE", "TABLE"}, "ANALYZE TABLE", "statistics are gathered while a job runs"},
      {{"LOAD", "MODULE"}, "LOAD MODULE", ""},
      {{"UNLOAD", "MODULE"}, "UNLOAD MODULE", ""},
      {{"ADD", "JAR"},
       "ADD JAR",
       "functions are built in; CREATE FUNCTION maps class names to them"},
      {{"REMOVE", "JAR"}, "REMOVE JAR", ""},
      {{"DELETE"}, "DELETE", "write an INSERT of a query whose result lacks the rows"},
      {{"UPDATE"}, "UPDATE", "write an INSERT of a query with the new values"},
      {{"UPSERT"}, "UPSERT", "INSERT INTO a table with a primary key upserts"},
      {{"MERGE"}, "MERGE", ""},
      {{"TRUNCATE"}, "TRUNCATE TABLE", "use INSERT OVERWRITE"},
      {{"CALL"}, "CALL", ""},
  };
  const text_position at = peek().at();
  for (const auto& entry : known)
    if (at_words(entry.words)) return not_supported(at, entry.statement, entry.hint);
  return unexpected("a statement such as SELECT, INSERT, CREATE, SET or EXPLAIN");
}

}  // namespace millrace::sql
