#include "core/sql/parse/grammar.hpp"

namespace millrace::sql {
namespace {

constexpr int union_level = 1;
constexpr int intersect_level = 2;

bool has_clauses(const query& q) {
  return !q.with.empty() || !q.order_by.empty() || q.limit || q.offset;
}

}  // namespace

// A query begins here, without parentheses around it.
bool parser::at_query() {
  return at_any({"SELECT", "WITH", "VALUES"}) || (at_word("TABLE") && at_name(1));
}

bool parser::at_query_suffix() {
  return at_any({"UNION", "INTERSECT", "EXCEPT", "MINUS", "ORDER", "LIMIT", "OFFSET", "FETCH"});
}

result<query> parser::parse_query() {
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  const token first = peek();
  std::vector<common_table> with;
  if (at_word("WITH")) {
    MILLRACE_TRY(with, parse_with());
  }
  MILLRACE_TRY(auto left, parse_query_term());
  if (!with.empty() && has_clauses(left)) {
    query outer;
    outer.body = nested_query{std::move(left)};
    left = std::move(outer);
  }
  MILLRACE_TRY(auto whole, parse_query_from(std::move(left)));
  whole.with = with.empty() ? std::move(whole.with) : std::move(with);
  whole.at = first.at();
  whole.text_offset = first.offset;
  whole.text_length = last_end() - first.offset;
  return whole;
}

result<query> parser::parse_query_in_parentheses() {
  MILLRACE_CHECK(expect_symbol("("));
  const bool starts = at_query() || at_symbol("(");
  if (!starts) return unexpected("a query");
  MILLRACE_TRY(auto inner, parse_query());
  MILLRACE_CHECK(expect_symbol(")"));
  return inner;
}

// Goes on behind a first operand: set operators, ORDER BY, LIMIT.
result<query> parser::parse_query_from(query left) {
  const bool clauses_inside = has_clauses(left);
  MILLRACE_TRY(auto whole, parse_set_operations(std::move(left), 0));
  const bool clauses_behind = at_any({"ORDER", "LIMIT", "OFFSET", "FETCH"});
  if (clauses_behind && clauses_inside && has_clauses(whole)) {
    query outer;
    outer.at = whole.at;
    outer.body = nested_query{std::move(whole)};
    whole = std::move(outer);
  }
  MILLRACE_CHECK(parse_query_clauses(whole));
  return whole;
}

result<query> parser::parse_set_operations(query left, int lowest_precedence) {
  while (at_any({"UNION", "INTERSECT", "EXCEPT", "MINUS"})) {
    const bool intersects = at_word("INTERSECT");
    const int level = intersects ? intersect_level : union_level;
    if (level < lowest_precedence) break;
    MILLRACE_CHECK(grow());
    query whole;
    whole.at = peek().at();
    set_operation node;
    node.op = intersects         ? set_operator::intersect
              : at_word("UNION") ? set_operator::union_
                                 : set_operator::except;
    advance();
    node.all = accept_word("ALL");
    if (!node.all) accept_word("DISTINCT");
    if (at_word("BY") || at_word("CORRESPONDING")) return not_supported(peek().at(), peek().text);
    MILLRACE_TRY(auto right, parse_query_term());
    MILLRACE_TRY(node.right, parse_set_operations(std::move(right), level + 1));
    node.left = std::move(left);
    whole.body = std::move(node);
    left = std::move(whole);
  }
  return left;
}

result<query> parser::parse_query_term() {
  const token first = peek();
  query q;
  q.at = first.at();
  if (at_symbol("(")) {
    const nesting level(*this);
    MILLRACE_CHECK(level.check());
    return parse_query_in_parentheses();
  }
  if (at_word("SELECT")) {
    MILLRACE_TRY(q.body, parse_select());
  } else if (at_word("VALUES")) {
    MILLRACE_TRY(q.body, parse_values());
  } else if (accept_word("TABLE")) {
    table_block block;
    MILLRACE_TRY(block.table, expect_path("a table name"));
    q.body = std::move(block);
  } else {
    return unexpected("SELECT, VALUES, WITH or '('");
  }
  q.text_offset = first.offset;
  q.text_length = last_end() - first.offset;
  return q;
}

result<void> parser::parse_query_clauses(query& q) {
  if (at_words({"ORDER", "BY"})) {
    MILLRACE_TRY(q.order_by, parse_order_by());
  }
  return parse_limits(q);
}

result<void> parser::parse_limits(query& q) {
  for (;;) {
    if (accept_word("LIMIT")) {
      if (accept_word("ALL")) continue;
      MILLRACE_TRY(q.limit, parse_expression());
      if (!accept_symbol(",")) continue;
      q.offset = std::move(q.limit);
      MILLRACE_TRY(q.limit, parse_expression());
    } else if (accept_word("OFFSET")) {
      MILLRACE_TRY(q.offset, parse_expression());
      if (!accept_word("ROWS")) accept_word("ROW");
    } else if (accept_word("FETCH")) {
      if (!accept_word("FIRST") && !accept_word("NEXT")) return unexpected("FIRST or NEXT");
      MILLRACE_TRY(q.limit, parse_expression());
      if (!accept_word("ROWS") && !accept_word("ROW")) return unexpected("ROWS");
      MILLRACE_CHECK(expect_word("ONLY"));
    } else {
      return {};
    }
  }
}

result<std::vector<common_table>> parser::parse_with() {
  advance();
  if (at_word("RECURSIVE")) return not_supported(peek().at(), "WITH RECURSIVE");
  return list_of<common_table>(&parser::parse_common_table);
}

result<common_table> parser::parse_common_table() {
  common_table made;
  MILLRACE_TRY(made.table, expect_name("the name of a common table"));
  if (accept_symbol("(")) {
    MILLRACE_TRY(made.columns, parse_name_list("a column name"));
    MILLRACE_CHECK(expect_symbol(")"));
  }
  MILLRACE_CHECK(expect_word("AS"));
  MILLRACE_TRY(made.definition, parse_query_in_parentheses());
  return made;
}

result<values_block> parser::parse_values() {
  advance();
  values_block block;
  MILLRACE_TRY(block.rows, expression_list());
  return block;
}

}  // namespace millrace::sql
