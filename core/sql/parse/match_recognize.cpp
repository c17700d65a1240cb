#include "core/sql/parse/grammar.hpp"

namespace millrace::sql {

// The current token is the `(` behind MATCH_RECOGNIZE.
result<match_clause> parser::parse_match() {
  match_clause clause;
  clause.at = peek().at();
  MILLRACE_CHECK(expect_symbol("("));
  if (accept_words({"PARTITION", "BY"})) {
    MILLRACE_TRY(clause.partition_by, expression_list());
  }
  if (at_words({"ORDER", "BY"})) {
    MILLRACE_TRY(clause.order_by, parse_order_by());
  }
  if (accept_word("MEASURES")) {
    MILLRACE_TRY(clause.measures, list_of<measure>(&parser::parse_measure));
  }
  MILLRACE_CHECK(parse_match_rows(clause));
  MILLRACE_CHECK(parse_match_skip(clause));
  if (!accept_word("PATTERN")) return unexpected("PATTERN");
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_TRY(clause.pattern, parse_pattern());
  MILLRACE_CHECK(expect_symbol(")"));
  if (accept_word("WITHIN")) {
    MILLRACE_TRY(clause.within, parse_expression());
  }
  if (accept_word("SUBSET")) {
    MILLRACE_TRY(clause.subsets, list_of<pattern_subset>(&parser::parse_subset));
  }
  MILLRACE_CHECK(expect_word("DEFINE"));
  MILLRACE_TRY(clause.definitions, list_of<pattern_definition>(&parser::parse_definition));
  MILLRACE_CHECK(expect_symbol(")"));
  return clause;
}

result<void> parser::parse_match_rows(match_clause& clause) {
  if (accept_words({"ONE", "ROW"})) return expect_words({"PER", "MATCH"});
  if (!accept_words({"ALL", "ROWS"})) return {};
  clause.all_rows_per_match = true;
  MILLRACE_CHECK(expect_words({"PER", "MATCH"}));
  if (at_any({"SHOW", "OMIT", "WITH"})) return not_supported(peek().at(), "this ALL ROWS option");
  return {};
}

result<void> parser::parse_match_skip(match_clause& clause) {
  if (!accept_word("AFTER")) return {};
  MILLRACE_CHECK(expect_words({"MATCH", "SKIP"}));
  if (accept_word("PAST")) {
    clause.skip = match_skip::past_last_row;
    return expect_words({"LAST", "ROW"});
  }
  if (!accept_word("TO")) return unexpected("TO or PAST LAST ROW");
  if (accept_words({"NEXT", "ROW"})) {
    clause.skip = match_skip::to_next_row;
    return {};
  }
  clause.skip = match_skip::to_variable;
  // A variable may itself be called FIRST or LAST.
  if (at_word("FIRST") && at_name(1)) {
    clause.skip = match_skip::to_first;
    advance();
  } else if (at_word("LAST") && at_name(1)) {
    clause.skip = match_skip::to_last;
    advance();
  }
  MILLRACE_TRY(clause.skip_target, expect_name("NEXT ROW or a pattern variable"));
  return {};
}

result<measure> parser::parse_measure() {
  measure made;
  MILLRACE_TRY(made.value, parse_expression());
  MILLRACE_CHECK(expect_word("AS"));
  MILLRACE_TRY(made.alias, expect_name("the name of the measure"));
  return made;
}

result<pattern_subset> parser::parse_subset() {
  pattern_subset made;
  MILLRACE_TRY(made.variable, expect_name("the name of the subset"));
  MILLRACE_CHECK(expect_symbol("="));
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_TRY(made.members, parse_name_list("a pattern variable"));
  MILLRACE_CHECK(expect_symbol(")"));
  return made;
}

result<pattern_definition> parser::parse_definition() {
  pattern_definition made;
  MILLRACE_TRY(made.variable, expect_name("a pattern variable"));
  MILLRACE_CHECK(expect_word("AS"));
  MILLRACE_TRY(made.condition, parse_expression());
  return made;
}

}  // namespace millrace::sql
