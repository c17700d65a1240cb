#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

namespace millrace::sql {

result<expression> parser::parse_json_path(function_call call) {
  const name& function = call.function[0];
  json_path_call node;
  if (equals_keyword(function.text, "JSON_QUERY")) node.function = json_path_function::query;
  if (equals_keyword(function.text, "JSON_EXISTS")) node.function = json_path_function::exists;
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_TRY(node.input, parse_expression());
  MILLRACE_CHECK(refuse_json_format());
  MILLRACE_CHECK(expect_symbol(","));
  MILLRACE_TRY(node.path, parse_expression());
  MILLRACE_CHECK(parse_json_clauses(node));
  if (!accept_symbol(")"))
    return unexpected("RETURNING, WITH or WITHOUT WRAPPER, .. ON EMPTY, .. ON ERROR or ')'");
  return make_expression(function.at, std::move(node));
}

result<void> parser::parse_json_clauses(json_path_call& call) {
  while (!at_symbol(")")) {
    const text_position at = peek().at();
    if (at_word("PASSING")) return not_supported(at, "PASSING");
    if (accept_word("RETURNING")) {
      MILLRACE_TRY(call.returning, parse_type());
    } else if (at_any({"WITH", "WITHOUT"})) {
      MILLRACE_TRY(call.wrapper, parse_json_wrapper());
    } else if (at_any({"NULL", "ERROR", "DEFAULT", "EMPTY", "TRUE", "FALSE", "UNKNOWN"})) {
      MILLRACE_TRY(auto behavior, parse_json_behavior());
      MILLRACE_CHECK(expect_word("ON"));
      auto& slot = at_word("EMPTY") ? call.on_empty : call.on_error;
      if (!at_any({"EMPTY", "ERROR"})) return unexpected("EMPTY or ERROR");
      if (slot) return make_error(errc::sql_unexpected_token, at, "this clause is given twice");
      slot = std::move(behavior);
      advance();
    } else {
      break;
    }
  }
  return {};
}

result<json_wrapper> parser::parse_json_wrapper() {
  auto wrapper = json_wrapper::without_array;
  if (!accept_word("WITHOUT")) {
    MILLRACE_CHECK(expect_word("WITH"));
    wrapper = json_wrapper::with_array;
    if (accept_word("CONDITIONAL")) {
      wrapper = json_wrapper::with_conditional_array;
    } else {
      accept_word("UNCONDITIONAL");
    }
  }
  accept_word("ARRAY");
  MILLRACE_CHECK(expect_word("WRAPPER"));
  return wrapper;
}

result<json_behavior> parser::parse_json_behavior() {
  using enum json_behavior_kind;
  if (accept_word("NULL")) return json_behavior{null, {}};
  if (accept_word("ERROR")) return json_behavior{error, {}};
  if (accept_word("TRUE")) return json_behavior{true_, {}};
  if (accept_word("FALSE")) return json_behavior{false_, {}};
  if (accept_word("UNKNOWN")) return json_behavior{unknown, {}};
  if (accept_words({"EMPTY", "ARRAY"})) return json_behavior{empty_array, {}};
  if (accept_words({"EMPTY", "OBJECT"})) return json_behavior{empty_object, {}};
  json_behavior behavior{default_value, {}};
  MILLRACE_CHECK(expect_word("DEFAULT"));
  MILLRACE_TRY(behavior.value, parse_expression());
  return behavior;
}

result<expression> parser::parse_json_constructor(function_call call) {
  const name& function = call.function[0];
  json_constructor_call node;
  if (equals_keyword(function.text, "JSON_OBJECTAGG")) node.function = json_constructor::object_agg;
  if (equals_keyword(function.text, "JSON_ARRAY")) node.function = json_constructor::array;
  if (equals_keyword(function.text, "JSON_ARRAYAGG")) node.function = json_constructor::array_agg;
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_CHECK(parse_json_members(node));
  if (at_words({"ORDER", "BY"})) {
    MILLRACE_TRY(node.order_by, parse_order_by());
  }
  if (accept_words({"NULL", "ON", "NULL"})) node.absent_on_null = false;
  if (accept_words({"ABSENT", "ON", "NULL"})) node.absent_on_null = true;
  if (!accept_symbol(")")) return unexpected("',', NULL ON NULL, ABSENT ON NULL or ')'");
  if (at_words({"FILTER"}) && at_symbol("(", 1)) {
    advance();
    advance();
    MILLRACE_CHECK(expect_word("WHERE"));
    MILLRACE_TRY(node.filter, parse_expression());
    MILLRACE_CHECK(expect_symbol(")"));
  }
  return make_expression(function.at, std::move(node));
}

result<void> parser::parse_json_members(json_constructor_call& call) {
  using enum json_constructor;
  const bool keyed = call.function == object || call.function == object_agg;
  const bool aggregate = call.function == object_agg || call.function == array_agg;
  const bool none = at_symbol(")") || at_words({"NULL", "ON"}) || at_words({"ABSENT", "ON"});
  if (none && !aggregate) return {};
  do {
    MILLRACE_TRY(auto member, parse_json_member(keyed));
    call.members.push_back(std::move(member));
  } while (!aggregate && accept_symbol(","));
  return {};
}

result<json_member> parser::parse_json_member(bool keyed) {
  json_member member;
  if (keyed) {
    const bool is_column = at_word("VALUE", 1) || at_symbol(":", 1) || at_symbol(".", 1);
    if (!is_column) accept_word("KEY");
    MILLRACE_TRY(member.key, parse_expression());
    if (!accept_word("VALUE") && !accept_symbol(":") && !accept_symbol(","))
      return unexpected("VALUE");
  }
  MILLRACE_TRY(member.value, parse_expression());
  MILLRACE_CHECK(refuse_json_format());
  return member;
}

result<void> parser::refuse_json_format() {
  if (at_words({"FORMAT", "JSON"})) return not_supported(peek().at(), "FORMAT JSON");
  return {};
}

}  // namespace millrace::sql
