#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

namespace millrace::sql {
namespace {

// Behind the last argument or behind the parentheses.
void accept_null_treatment(cursor& text, function_call& call) {
  if (text.accept_words({"IGNORE", "NULLS"})) call.nulls = null_treatment::ignore;
  if (text.accept_words({"RESPECT", "NULLS"})) call.nulls = null_treatment::respect;
}

}  // namespace

// The current token is the `(` behind the name.
result<expression> parser::parse_call(qualified_name function) {
  function_call call;
  call.function = std::move(function);
  if (call.function.size() == 1 && !call.function[0].quoted) {
    if (const auto special = find_special(to_upper(call.function[0].text)))
      return (this->*special)(std::move(call));
  }
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_CHECK(parse_arguments(call));
  MILLRACE_CHECK(expect_symbol(")"));
  return parse_call_suffix(std::move(call));
}

result<void> parser::parse_arguments(function_call& call) {
  if (at_symbol(")")) return {};
  if (at_symbol("*") && at_symbol(")", 1)) {
    advance();
    call.star = true;
    return {};
  }
  if (accept_word("DISTINCT")) {
    call.quantifier = set_quantifier::distinct;
  } else if (accept_word("ALL")) {
    call.quantifier = set_quantifier::all;
  }
  MILLRACE_TRY(call.arguments, list_of<argument>(&parser::parse_argument));
  accept_null_treatment(*this, call);
  if (at_words({"ORDER", "BY"})) {
    MILLRACE_TRY(call.within_group, parse_order_by());
  }
  return {};
}

result<argument> parser::parse_argument() {
  argument made;
  const bool quoted = peek().kind == token_kind::quoted_name;
  if ((quoted || peek().kind == token_kind::word) && at_symbol("=>", 1)) {
    // Parameters may have reserved names: SIZE, but also DATA or TABLE.
    const token word = advance();
    made.parameter = name{quoted ? unquote(word) : std::string(word.text), quoted, word.at()};
    advance();
  }
  const text_position at = peek().at();
  if (at_any({"SELECT", "WITH"})) {
    table_argument input;
    MILLRACE_TRY(input.subquery, parse_query());
    MILLRACE_TRY(made.value, parse_partitioning(at, std::move(input)));
    return made;
  }
  MILLRACE_TRY(made.value, parse_expression());
  const bool partitioned = at_words({"PARTITION", "BY"}) || at_words({"ORDER", "BY"});
  if (partitioned && made.value.kind() == expression_kind::scalar_subquery) {
    table_argument input;
    input.subquery = std::move(made.value.as<scalar_subquery>().subquery);
    MILLRACE_TRY(made.value, parse_partitioning(at, std::move(input)));
  }
  return made;
}

// `TABLE t`, `TABLE(t)` or `TABLE (SELECT ..)` as an argument.
result<expression> parser::parse_table_argument(text_position at) {
  advance();
  table_argument input;
  const bool parentheses = accept_symbol("(");
  if (parentheses && at_query()) {
    MILLRACE_TRY(input.subquery, parse_query());
  } else {
    MILLRACE_TRY(input.table, expect_path("a table name"));
  }
  if (parentheses) MILLRACE_CHECK(expect_symbol(")"));
  return parse_partitioning(at, std::move(input));
}

result<expression> parser::parse_partitioning(text_position at, table_argument input) {
  if (accept_words({"PARTITION", "BY"})) {
    const bool parentheses = accept_symbol("(");
    // `TABLE t PARTITION BY a, DESCRIPTOR(x)`: the comma may end the list.
    do {
      MILLRACE_TRY(auto key, parse_expression());
      input.partition_by.push_back(std::move(key));
      if (at_word("DESCRIPTOR", 1) || at_symbol("=>", 2)) break;
    } while (accept_symbol(","));
    if (parentheses) MILLRACE_CHECK(expect_symbol(")"));
  }
  if (at_words({"ORDER", "BY"})) {
    MILLRACE_TRY(input.order_by, parse_order_by());
  }
  return make_expression(at, std::move(input));
}

result<expression> parser::parse_call_suffix(function_call call) {
  text_position at = call.function.front().at;
  if (call.function.back().at.line == at.line)
    at.length = call.function.back().at.column + call.function.back().at.length - at.column;
  if (at_words({"WITHIN", "GROUP"})) {
    advance();
    advance();
    MILLRACE_CHECK(expect_symbol("("));
    MILLRACE_TRY(call.within_group, parse_order_by());
    MILLRACE_CHECK(expect_symbol(")"));
  }
  if (at_words({"WITHIN", "DISTINCT"})) return not_supported(peek().at(), "WITHIN DISTINCT");
  accept_null_treatment(*this, call);
  if (at_word("FILTER") && at_symbol("(", 1)) {
    advance();
    advance();
    MILLRACE_CHECK(expect_word("WHERE"));
    MILLRACE_TRY(call.filter, parse_expression());
    MILLRACE_CHECK(expect_symbol(")"));
  }
  if (at_word("OVER")) {
    const text_position over_at = advance().at();
    window_spec spec;
    if (at_symbol("(")) {
      MILLRACE_TRY(spec, parse_window());
    } else {
      MILLRACE_TRY(spec.base, expect_name("( or the name of a window"));
      spec.reference = true;
    }
    spec.at = over_at;
    call.over = std::move(spec);
  }
  return make_expression(at, std::move(call));
}

result<window_spec> parser::parse_window() {
  window_spec spec;
  spec.at = peek().at();
  MILLRACE_CHECK(expect_symbol("("));
  if (at_name()) {
    MILLRACE_TRY(spec.base, expect_name("the name of a window"));
  }
  if (accept_words({"PARTITION", "BY"})) {
    MILLRACE_TRY(spec.partition_by, expression_list());
  }
  if (at_words({"ORDER", "BY"})) {
    MILLRACE_TRY(spec.order_by, parse_order_by());
  }
  if (at_word("GROUPS")) return not_supported(peek().at(), "a GROUPS frame");
  if (at_any({"ROWS", "RANGE"})) {
    MILLRACE_TRY(spec.frame, parse_frame());
  }
  if (at_any({"ALLOW", "DISALLOW", "EXCLUDE"})) return not_supported(peek().at(), peek().text);
  if (!accept_symbol(")")) return unexpected("PARTITION BY, ORDER BY, ROWS, RANGE or ')'");
  return spec;
}

result<window_frame> parser::parse_frame() {
  window_frame frame;
  frame.at = peek().at();
  frame.unit = at_word("ROWS") ? frame_unit::rows : frame_unit::range;
  advance();
  const bool both = accept_word("BETWEEN");
  MILLRACE_TRY(frame.start, parse_frame_bound());
  if (both) {
    MILLRACE_CHECK(expect_word("AND"));
    MILLRACE_TRY(frame.end, parse_frame_bound());
  }
  return frame;
}

result<frame_bound> parser::parse_frame_bound() {
  using enum frame_bound_kind;
  if (accept_words({"UNBOUNDED", "PRECEDING"})) return frame_bound{unbounded_preceding, {}};
  if (accept_words({"UNBOUNDED", "FOLLOWING"})) return frame_bound{unbounded_following, {}};
  if (accept_words({"CURRENT", "ROW"})) return frame_bound{current_row, {}};
  frame_bound bound;
  MILLRACE_TRY(bound.offset, parse_expression());
  if (accept_word("FOLLOWING")) {
    bound.kind = following;
    return bound;
  }
  bound.kind = preceding;
  MILLRACE_CHECK(expect_word("PRECEDING"));
  return bound;
}

}  // namespace millrace::sql
