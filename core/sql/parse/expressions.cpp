#include "core/sql/parse/grammar.hpp"

namespace millrace::sql {
namespace {

// Higher binds tighter; Calcite's order.
constexpr int or_level = 22;
constexpr int and_level = 24;
constexpr int not_level = 26;
constexpr int is_level = 28;
constexpr int compare_level = 30;
constexpr int predicate_level = 32;
constexpr int add_level = 40;
constexpr int multiply_level = 60;

struct symbol_operator {
  std::string_view symbol;
  binary_operator op;
  int level;
};
constexpr symbol_operator symbol_operators[] = {
    {"=", binary_operator::equal, compare_level},
    {"<>", binary_operator::not_equal, compare_level},
    {"!=", binary_operator::not_equal, compare_level},
    {"<=", binary_operator::less_equal, compare_level},
    {">=", binary_operator::greater_equal, compare_level},
    {"<", binary_operator::less, compare_level},
    {">", binary_operator::greater, compare_level},
    {"+", binary_operator::add, add_level},
    {"-", binary_operator::subtract, add_level},
    {"*", binary_operator::multiply, multiply_level},
    {"/", binary_operator::divide, multiply_level},
    {"%", binary_operator::modulo, multiply_level},
    {"||", binary_operator::concat, multiply_level},
};

struct word_operator {
  std::string_view word;
  binary_operator op;
  int level;
};
constexpr word_operator word_operators[] = {
    {"AND", binary_operator::logical_and, and_level},
    {"OR", binary_operator::logical_or, or_level},
    {"OVERLAPS", binary_operator::overlaps, compare_level},
    {"CONTAINS", binary_operator::contains, compare_level},
    {"EQUALS", binary_operator::period_equals, compare_level},
    {"PRECEDES", binary_operator::precedes, compare_level},
    {"SUCCEEDS", binary_operator::succeeds, compare_level},
};

}  // namespace

/// The operator at the current token: how tight it binds, how many tokens it has, what it is.
struct parser::infix {
  enum class form : std::uint8_t { binary, is, predicate };
  form kind = form::binary;
  int level = 0;
  std::size_t tokens = 1;
  binary_operator op = binary_operator::equal;
};

result<expression> parser::parse_expression() {
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  return parse_binary(0);
}

result<expression> parser::parse_binary(int lowest_precedence) {
  const subtree tree(*this);
  MILLRACE_TRY(auto left, parse_prefix());
  for (auto found = peek_infix(); found && found->level >= lowest_precedence;
       found = peek_infix()) {
    MILLRACE_CHECK(grow());
    MILLRACE_TRY(left, parse_infix(std::move(left), *found));
  }
  return left;
}

result<expression> parser::parse_prefix() {
  const text_position at = peek().at();
  const bool negates = at_symbol("-");
  if (!negates && !at_symbol("+") && !at_word("NOT")) {
    MILLRACE_TRY(auto base, parse_primary());
    return parse_postfix(std::move(base));
  }
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  const bool logical = at_word("NOT");
  advance();
  unary_operation node;
  node.op = logical   ? unary_operator::logical_not
            : negates ? unary_operator::negate
                      : unary_operator::plus;
  if (logical) {
    MILLRACE_TRY(node.operand, parse_binary(not_level));
  } else {
    MILLRACE_TRY(node.operand, parse_prefix());
  }
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_postfix(expression base) {
  for (;;) {
    const text_position at = peek().at();
    if (accept_symbol("[")) {
      element_access node;
      node.base = std::move(base);
      MILLRACE_TRY(node.index, parse_expression());
      MILLRACE_CHECK(expect_symbol("]"));
      base = make_expression(at, std::move(node));
    } else if (at_symbol(".")) {
      MILLRACE_TRY(base, parse_field(std::move(base)));
    } else if (at_symbol("::")) {
      return not_supported(at, "the :: cast", "write CAST(value AS type)");
    } else {
      return base;
    }
    MILLRACE_CHECK(grow());
  }
}

result<expression> parser::parse_field(expression base) {
  advance();
  const text_position at = peek().at();
  if (accept_symbol("*")) return make_expression(at, star{{}, std::move(base)});
  field_access node;
  node.base = std::move(base);
  MILLRACE_TRY(node.field, expect_name("a field name"));
  return make_expression(at, std::move(node));
}

std::optional<parser::infix> parser::peek_infix() {
  if (peek().kind == token_kind::symbol) return peek_symbol_infix();
  if (peek().kind == token_kind::word) return peek_word_infix();
  return std::nullopt;
}

std::optional<parser::infix> parser::peek_symbol_infix() {
  for (const auto& known : symbol_operators)
    if (peek().text == known.symbol) return infix{infix::form::binary, known.level, 1, known.op};
  return std::nullopt;
}

std::optional<parser::infix> parser::peek_word_infix() {
  using enum binary_operator;
  for (const auto& known : word_operators)
    if (at_word(known.word)) return infix{infix::form::binary, known.level, 1, known.op};
  if (at_words({"IMMEDIATELY", "PRECEDES"}))
    return infix{infix::form::binary, compare_level, 2, immediately_precedes};
  if (at_words({"IMMEDIATELY", "SUCCEEDS"}))
    return infix{infix::form::binary, compare_level, 2, immediately_succeeds};
  if (at_words({"IS", "DISTINCT", "FROM"}))
    return infix{infix::form::binary, compare_level, 3, is_distinct_from};
  if (at_words({"IS", "NOT", "DISTINCT", "FROM"}))
    return infix{infix::form::binary, compare_level, 4, is_not_distinct_from};
  if (at_word("IS")) return infix{infix::form::is, is_level};
  if (at_any({"IN", "BETWEEN", "LIKE", "SIMILAR", "MEMBER", "SUBMULTISET", "RLIKE"}))
    return infix{infix::form::predicate, predicate_level};
  if (at_word("NOT") &&
      at_any({"IN", "BETWEEN", "LIKE", "SIMILAR", "MEMBER", "SUBMULTISET", "RLIKE"}, 1))
    return infix{infix::form::predicate, predicate_level};
  if (!at_word("MULTISET")) return std::nullopt;
  const bool distinct = at_word("DISTINCT", 2);
  const std::size_t tokens = distinct || at_word("ALL", 2) ? 3 : 2;
  if (at_word("UNION", 1))
    return infix{infix::form::binary, add_level, tokens,
                 distinct ? multiset_union_distinct : multiset_union};
  if (at_word("INTERSECT", 1))
    return infix{infix::form::binary, multiply_level, tokens,
                 distinct ? multiset_intersect_distinct : multiset_intersect};
  if (at_word("EXCEPT", 1))
    return infix{infix::form::binary, add_level, tokens,
                 distinct ? multiset_except_distinct : multiset_except};
  return std::nullopt;
}

result<expression> parser::parse_infix(expression left, const infix& found) {
  if (found.kind == infix::form::is) return parse_is(std::move(left));
  if (found.kind == infix::form::predicate) return parse_predicate(std::move(left));
  const text_position at = peek().at();
  for (std::size_t i = 0; i < found.tokens; ++i) advance();
  if (found.level == compare_level && at_any({"ANY", "SOME", "ALL"}) && at_symbol("(", 1))
    return parse_quantified(std::move(left), found.op, at);
  binary_operation node;
  node.op = found.op;
  node.left = std::move(left);
  MILLRACE_TRY(node.right, parse_binary(found.level + 1));
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_is(expression left) {
  using enum unary_operator;
  struct is_test {
    std::initializer_list<std::string_view> words;
    unary_operator plain;
    unary_operator negated;
  };
  static const is_test tests[] = {
      {{"NULL"}, is_null, is_not_null},
      {{"TRUE"}, is_true, is_not_true},
      {{"FALSE"}, is_false, is_not_false},
      {{"UNKNOWN"}, is_unknown, is_not_unknown},
      {{"JSON", "VALUE"}, is_json_value, is_not_json_value},
      {{"JSON", "OBJECT"}, is_json_object, is_not_json_object},
      {{"JSON", "ARRAY"}, is_json_array, is_not_json_array},
      {{"JSON", "SCALAR"}, is_json_scalar, is_not_json_scalar},
      {{"JSON"}, is_json_value, is_not_json_value},
      {{"A", "SET"}, is_a_set, is_not_a_set},
      {{"EMPTY"}, is_empty, is_not_empty},
  };
  const text_position at = peek().at();
  advance();
  const bool negated = accept_word("NOT");
  for (const auto& test : tests)
    if (accept_words(test.words))
      return make_expression(at,
                             unary_operation{negated ? test.negated : test.plain, std::move(left)});
  return unexpected("NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM or JSON");
}

}  // namespace millrace::sql
