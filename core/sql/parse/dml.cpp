#include "core/sql/parse/grammar.hpp"

namespace millrace::sql {

result<statement> parser::parse_insert(bool execute) {
  insert node;
  node.execute = execute;
  MILLRACE_CHECK(expect_word("INSERT"));
  node.overwrite = accept_word("OVERWRITE");
  if (node.overwrite) {
    accept_word("TABLE");
  } else if (!accept_word("INTO")) {
    return unexpected("INTO or OVERWRITE");
  } else {
    accept_word("TABLE");
  }
  MILLRACE_TRY(node.table, expect_path("a table name"));
  MILLRACE_TRY(node.hints, parse_hints());
  if (accept_word("PARTITION")) {
    MILLRACE_TRY(node.partition, parse_partition());
  }
  if (at_symbol("(") && !at_any({"SELECT", "WITH", "VALUES", "TABLE"}, 1) && !at_symbol("(", 1)) {
    advance();
    do {
      MILLRACE_TRY(node.columns.emplace_back(), expect_path("a column name or a query"));
    } while (accept_symbol(","));
    if (!accept_symbol(")")) return unexpected("',' or ')'");
  }
  MILLRACE_TRY(node.source, parse_query());
  return make_statement(std::move(node));
}

result<std::vector<partition_value>> parser::parse_partition() {
  std::vector<partition_value> values;
  MILLRACE_CHECK(expect_symbol("("));
  do {
    partition_value value;
    MILLRACE_TRY(value.column, expect_name("a partition column"));
    if (accept_symbol("=")) {
      MILLRACE_TRY(value.value, parse_expression());
    }
    values.push_back(std::move(value));
  } while (accept_symbol(","));
  MILLRACE_CHECK(expect_symbol(")"));
  return values;
}

result<statement> parser::parse_execute() {
  const text_position at = advance().at();
  if (at_word("INSERT")) return parse_insert(true);
  if (at_words({"STATEMENT", "SET"})) return parse_statement_set(false);
  if (accept_word("PLAN")) {
    MILLRACE_TRY(auto file, expect_string("a file in quotes"));
    return make_statement(execute_plan{std::move(file)});
  }
  if (at_word("IMMEDIATE")) return not_supported(at, "EXECUTE IMMEDIATE");
  if (!at_query()) return unexpected("INSERT, STATEMENT SET, PLAN or a query");
  MILLRACE_TRY(auto select, parse_query());
  return make_statement(query_statement{std::move(select)});
}

// `STATEMENT SET BEGIN .. END` or, when `begin_first`, `BEGIN STATEMENT SET; .. END`.
result<statement> parser::parse_statement_set(bool begin_first) {
  MILLRACE_CHECK(expect_words({"STATEMENT", "SET"}));
  if (begin_first) {
    MILLRACE_CHECK(expect_symbol(";"));
  } else {
    MILLRACE_CHECK(expect_word("BEGIN"));
  }
  statement_set set;
  for (;;) {
    while (accept_symbol(";")) continue;
    if (accept_word("END")) return make_statement(std::move(set));
    if (!at_word("INSERT")) return unexpected("INSERT or END");
    const token first = peek();
    MILLRACE_TRY(auto inserted, parse_insert(false));
    inserted.at = first.at();
    inserted.text_offset = first.offset;
    inserted.text_length = last_end() - first.offset;
    set.statements.push_back(std::move(inserted));
    if (!at_symbol(";")) return unexpected("';'");
  }
}

result<statement> parser::parse_compile() {
  advance();
  compile_plan plan;
  plan.execute = accept_words({"AND", "EXECUTE"});
  MILLRACE_CHECK(expect_word("PLAN"));
  MILLRACE_TRY(plan.file, expect_string("a file in quotes"));
  plan.if_not_exists = accept_if_not_exists();
  MILLRACE_CHECK(expect_word("FOR"));
  MILLRACE_TRY(plan.target, parse_planned());
  return make_statement(std::move(plan));
}

// What a plan can be made of: a query, an INSERT or a statement set.
result<statement> parser::parse_planned() {
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  const token first = peek();
  const bool fits = at_any({"INSERT", "EXECUTE", "STATEMENT", "CREATE", "REPLACE"}) || at_query() ||
                    at_symbol("(");
  if (!fits) return unexpected("a query, INSERT or STATEMENT SET");
  MILLRACE_TRY(auto planned, parse_statement_body());
  planned.at = first.at();
  planned.text_offset = first.offset;
  planned.text_length = last_end() - first.offset;
  return planned;
}

}  // namespace millrace::sql
