#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

namespace millrace::sql {
namespace {

constexpr std::string_view bare_calls[] = {"CURRENT_CATALOG",
                                           "CURRENT_DATE",
                                           "CURRENT_DEFAULT_TRANSFORM_GROUP",
                                           "CURRENT_PATH",
                                           "CURRENT_ROLE",
                                           "CURRENT_SCHEMA",
                                           "CURRENT_TIME",
                                           "CURRENT_TIMESTAMP",
                                           "CURRENT_USER",
                                           "LOCALTIME",
                                           "LOCALTIMESTAMP",
                                           "SESSION_USER",
                                           "SYSTEM_USER",
                                           "USER"};

}  // namespace

result<expression> parser::parse_primary() {
  const text_position at = peek().at();
  switch (peek().kind) {
    case token_kind::integer:
    case token_kind::decimal:
    case token_kind::approximate:
    case token_kind::string:
    case token_kind::unicode_string:
    case token_kind::binary_string: return parse_literal();
    case token_kind::quoted_name: return parse_path();
    case token_kind::word: return parse_word_primary();
    default: break;
  }
  if (at_symbol("(")) return parse_parentheses();
  if (accept_symbol("*")) return make_expression(at, star{});
  if (at_symbol("?"))
    return not_supported(at, "the parameter ?", "write the value, or ${NAME} with --define");
  if (at_symbol("{")) return not_supported(at, "the escape {..}");
  return unexpected("an expression");
}

result<expression> parser::parse_word_primary() {
  const text_position at = peek().at();
  if (at_any({"NULL", "TRUE", "FALSE", "UNKNOWN"})) return parse_literal();
  if (at_word("CASE")) return parse_case();
  if (at_word("INTERVAL")) return parse_interval();
  if (peek(1).kind == token_kind::string) {
    if (at_word("DATE")) return parse_time_literal(literal_kind::date);
    if (at_word("TIME")) return parse_time_literal(literal_kind::time);
    if (at_word("TIMESTAMP")) return parse_time_literal(literal_kind::timestamp);
  }
  if (at_any({"EXISTS", "UNIQUE"})) return parse_exists();
  if (at_word("ARRAY")) return parse_collection(collection_kind::array);
  if (at_word("MULTISET")) return parse_collection(collection_kind::multiset);
  if (at_word("MAP") && (at_symbol("[", 1) || (at_symbol("(", 1) && at_word("SELECT", 2))))
    return parse_collection(collection_kind::map);
  if (at_word("ROW") && at_symbol("(", 1)) return parse_row();
  if (at_word("TABLE")) return parse_table_argument(at);
  if (accept_word("DEFAULT")) return make_expression(at, default_value{});
  if (at_words({"NEXT", "VALUE"})) return not_supported(at, "NEXT VALUE FOR");
  if (at_any({"CURSOR", "PERIOD"}) && at_symbol("(", 1)) return not_supported(at, peek().text);
  if (at_word("RUNNING") ||
      (at_word("FINAL") && peek(1).kind == token_kind::word && at_symbol("(", 2))) {
    unary_operation node;
    node.op = at_word("FINAL") ? unary_operator::final_ : unary_operator::running;
    advance();
    const nesting level(*this);
    MILLRACE_CHECK(level.check());
    MILLRACE_TRY(node.operand, parse_primary());
    return make_expression(at, std::move(node));
  }
  if (auto bare = parse_bare_call()) return std::move(*bare);
  return parse_path();
}

std::optional<expression> parser::parse_bare_call() {
  if (at_symbol("(", 1)) return std::nullopt;
  for (const auto known : bare_calls) {
    if (!at_word(known)) continue;
    const token word = advance();
    function_call call;
    call.function = {name{std::string(known), false, word.at()}};
    call.form = call_form::bare;
    return make_expression(word.at(), std::move(call));
  }
  return std::nullopt;
}

// `(query)`, `(expression)` or `(a, b)`. After an inner `(query)` a set operator shows that the
// outer parentheses hold a query as well.
result<expression> parser::parse_parentheses() {
  const text_position at = peek().at();
  advance();
  if (at_query()) {
    scalar_subquery node;
    MILLRACE_TRY(node.subquery, parse_query());
    MILLRACE_CHECK(expect_symbol(")"));
    return make_expression(at, std::move(node));
  }
  MILLRACE_TRY(auto items, expression_list());
  if (items.size() == 1 && items[0].kind() == expression_kind::scalar_subquery &&
      at_query_suffix()) {
    scalar_subquery node;
    MILLRACE_TRY(node.subquery,
                 parse_query_from(std::move(*items[0].as<scalar_subquery>().subquery)));
    MILLRACE_CHECK(expect_symbol(")"));
    return make_expression(at, std::move(node));
  }
  MILLRACE_CHECK(expect_symbol(")"));
  if (items.size() == 1) return parse_difference(at, std::move(items[0]));
  return make_expression(at, row_constructor{std::move(items), false});
}

// `(a - b) SECOND`: the difference of two times as an interval.
result<expression> parser::parse_difference(text_position at, expression value) {
  const auto* operation = value.get_if<binary_operation>();
  if (!operation || operation->op != binary_operator::subtract ||
      !at_any({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}))
    return value;
  interval_value node;
  node.value = std::move(value);
  node.difference = true;
  MILLRACE_TRY(node.qualifier, parse_interval_qualifier());
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_case() {
  const text_position at = advance().at();
  case_when node;
  if (!at_word("WHEN")) {
    MILLRACE_TRY(node.operand, parse_expression());
  }
  if (!at_word("WHEN")) return unexpected("WHEN");
  while (accept_word("WHEN")) {
    case_branch branch;
    MILLRACE_TRY(branch.when, parse_expression());
    while (node.operand && accept_symbol(",")) {
      MILLRACE_TRY(auto value, parse_expression());
      branch.also.push_back(std::move(value));
    }
    MILLRACE_CHECK(expect_word("THEN"));
    MILLRACE_TRY(branch.then, parse_expression());
    node.branches.push_back(std::move(branch));
  }
  if (accept_word("ELSE")) {
    MILLRACE_TRY(node.otherwise, parse_expression());
  }
  if (!accept_word("END")) return unexpected("WHEN, ELSE or END");
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_exists() {
  const text_position at = peek().at();
  if (at_word("UNIQUE")) return not_supported(at, "UNIQUE (query)");
  advance();
  exists node;
  MILLRACE_TRY(node.subquery, parse_query_in_parentheses());
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_collection(collection_kind kind) {
  const text_position at = advance().at();
  collection_constructor node;
  node.kind = kind;
  if (at_symbol("(")) {
    MILLRACE_TRY(node.subquery, parse_query_in_parentheses());
    return make_expression(at, std::move(node));
  }
  MILLRACE_CHECK(expect_symbol("["));
  if (!at_symbol("]")) {
    MILLRACE_TRY(node.items, expression_list());
  }
  MILLRACE_CHECK(expect_symbol("]"));
  if (kind == collection_kind::map && node.items.size() % 2 != 0)
    return make_error(errc::sql_bad_argument, at, "MAP[..] has a key without a value",
                      "write MAP[key, value, key, value, ..]");
  return make_expression(at, std::move(node));
}

result<expression> parser::parse_row() {
  const text_position at = advance().at();
  advance();
  row_constructor node;
  node.keyword = true;
  if (!at_symbol(")")) {
    MILLRACE_TRY(node.items, expression_list());
  }
  MILLRACE_CHECK(expect_symbol(")"));
  return make_expression(at, std::move(node));
}

// `a.b.c`, `a.b.*` or `f(..)`.
result<expression> parser::parse_path() {
  const token first = peek();
  qualified_name path;
  if (first.kind == token_kind::word && is_function_keyword(first.text) && at_symbol("(", 1)) {
    advance();
    return parse_call({name{std::string(first.text), false, first.at()}});
  }
  MILLRACE_TRY(path.emplace_back(), expect_name("an expression"));
  while (accept_symbol(".")) {
    if (accept_symbol("*")) return make_expression(first.at(), star{std::move(path), {}});
    MILLRACE_TRY(path.emplace_back(), expect_name("a field or column name"));
  }
  if (at_symbol("(")) return parse_call(std::move(path));
  text_position at = first.at();
  if (path.back().at.line == at.line)
    at.length = path.back().at.column + path.back().at.length - at.column;
  return make_expression(at, identifier{std::move(path)});
}

}  // namespace millrace::sql
