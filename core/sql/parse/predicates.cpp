#include "core/sql/parse/grammar.hpp"

namespace millrace::sql {
namespace {

// Operands of BETWEEN, IN and LIKE bind tighter than these predicates themselves.
constexpr int operand_level = 33;

}  // namespace

result<expression> parser::parse_predicate(expression left) {
  const text_position at = peek().at();
  const bool negated = accept_word("NOT");
  if (accept_word("BETWEEN")) return parse_between(std::move(left), negated, at);
  if (accept_word("IN")) return parse_in(std::move(left), negated, at);
  if (at_any({"LIKE", "SIMILAR"})) return parse_like(std::move(left), negated, at);
  if (at_word("RLIKE")) return not_supported(at, "RLIKE", "use REGEXP(value, pattern)");
  return parse_row_test(std::move(left), negated, at);
}

result<expression> parser::parse_between(expression left, bool negated, text_position at) {
  between node;
  node.value = std::move(left);
  node.negated = negated;
  node.symmetric = accept_word("SYMMETRIC");
  if (!node.symmetric) accept_word("ASYMMETRIC");
  MILLRACE_TRY(node.low, parse_binary(operand_level));
  MILLRACE_CHECK(expect_word("AND"));
  MILLRACE_TRY(node.high, parse_binary(operand_level));
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_in(expression left, bool negated, text_position at) {
  MILLRACE_CHECK(expect_symbol("("));
  if (at_query()) {
    in_subquery node;
    node.value = std::move(left);
    node.negated = negated;
    MILLRACE_TRY(node.subquery, parse_query());
    MILLRACE_CHECK(expect_symbol(")"));
    return make_expression(at, std::move(node));
  }
  in_list node;
  node.value = std::move(left);
  node.negated = negated;
  MILLRACE_TRY(node.items, expression_list());
  MILLRACE_CHECK(expect_symbol(")"));
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_like(expression left, bool negated, text_position at) {
  like node;
  node.value = std::move(left);
  node.negated = negated;
  node.similar = accept_word("SIMILAR");
  if (node.similar) {
    MILLRACE_CHECK(expect_word("TO"));
  } else {
    MILLRACE_CHECK(expect_word("LIKE"));
  }
  MILLRACE_TRY(node.pattern, parse_binary(operand_level));
  if (accept_word("ESCAPE")) {
    MILLRACE_TRY(node.escape, parse_binary(operand_level));
  }
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_quantified(expression left, binary_operator op, text_position at) {
  quantified_comparison node;
  node.op = op;
  node.all = at_word("ALL");
  node.value = std::move(left);
  advance();
  MILLRACE_CHECK(expect_symbol("("));
  if (at_query()) {
    MILLRACE_TRY(node.subquery, parse_query());
  } else {
    MILLRACE_TRY(node.items, expression_list());
  }
  MILLRACE_CHECK(expect_symbol(")"));
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_row_test(expression left, bool negated, text_position at) {
  using enum binary_operator;
  binary_operation node;
  const bool member = accept_word("MEMBER");
  if (!member) MILLRACE_CHECK(expect_word("SUBMULTISET"));
  accept_word("OF");
  if (member) {
    node.op = negated ? not_member_of : member_of;
  } else {
    node.op = negated ? not_submultiset_of : submultiset_of;
  }
  node.left = std::move(left);
  MILLRACE_TRY(node.right, parse_binary(operand_level));
  return make_expression(at, std::move(node));
}

}  // namespace millrace::sql
