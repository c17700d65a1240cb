#include "core/sql/parse/grammar.hpp"

#include "core/sql/parse/keywords.hpp"

#include <fmt/format.h>

namespace millrace::sql {
namespace {

argument positional(expression value) { return {std::nullopt, std::move(value)}; }

}  // namespace

// Functions whose arguments have a syntax of their own.
parser::special_rule parser::find_special(std::string_view function) {
  struct entry {
    std::string_view function;
    special_rule rule;
  };
  static constexpr entry entries[] = {
      {"CAST", &parser::parse_cast},
      {"TRY_CAST", &parser::parse_cast},
      {"SAFE_CAST", &parser::parse_cast},
      {"EXTRACT", &parser::parse_extract},
      {"TRIM", &parser::parse_trim},
      {"POSITION", &parser::parse_position},
      {"OVERLAY", &parser::parse_overlay},
      {"SUBSTRING", &parser::parse_substring},
      {"CEIL", &parser::parse_rounding},
      {"CEILING", &parser::parse_rounding},
      {"FLOOR", &parser::parse_rounding},
      {"TIMESTAMPADD", &parser::parse_timestamp_arithmetic},
      {"TIMESTAMPDIFF", &parser::parse_timestamp_arithmetic},
      {"DESCRIPTOR", &parser::parse_descriptor},
      {"JSON_VALUE", &parser::parse_json_path},
      {"JSON_QUERY", &parser::parse_json_path},
      {"JSON_EXISTS", &parser::parse_json_path},
      {"JSON_OBJECT", &parser::parse_json_constructor},
      {"JSON_OBJECTAGG", &parser::parse_json_constructor},
      {"JSON_ARRAY", &parser::parse_json_constructor},
      {"JSON_ARRAYAGG", &parser::parse_json_constructor},
      {"CONVERT", &parser::refuse_call},
  };
  for (const auto& known : entries)
    if (known.function == function) return known.rule;
  return nullptr;
}

result<expression> parser::parse_cast(function_call call) {
  const name& function = call.function[0];
  cast node;
  node.try_ = !equals_keyword(function.text, "CAST");
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_TRY(node.value, parse_expression());
  MILLRACE_CHECK(expect_word("AS"));
  MILLRACE_TRY(node.type, parse_type());
  if (at_word("FORMAT")) return not_supported(peek().at(), "CAST with FORMAT");
  MILLRACE_CHECK(expect_symbol(")"));
  return make_expression(function.at, std::move(node));
}

result<expression> parser::parse_extract(function_call call) {
  call.form = call_form::extract_from;
  MILLRACE_CHECK(expect_symbol("("));
  const text_position at = peek().at();
  MILLRACE_TRY(const time_unit unit, expect_unit());
  call.arguments.push_back(positional(make_expression(at, unit_argument{unit})));
  MILLRACE_CHECK(expect_word("FROM"));
  MILLRACE_TRY(auto value, parse_expression());
  call.arguments.push_back(positional(std::move(value)));
  MILLRACE_CHECK(expect_symbol(")"));
  return parse_call_suffix(std::move(call));
}

result<expression> parser::parse_trim(function_call call) {
  trim_call node;
  MILLRACE_CHECK(expect_symbol("("));
  bool sided = true;
  if (accept_word("LEADING")) {
    node.side = trim_side::leading;
  } else if (accept_word("TRAILING")) {
    node.side = trim_side::trailing;
  } else {
    sided = accept_word("BOTH");
  }
  if (!sided || !at_word("FROM")) {
    MILLRACE_TRY(node.value, parse_expression());
  }
  if (accept_word("FROM")) {
    node.characters = std::move(node.value);
    MILLRACE_TRY(node.value, parse_expression());
  } else if (sided) {
    return unexpected("FROM");
  }
  MILLRACE_CHECK(expect_symbol(")"));
  return make_expression(call.function[0].at, std::move(node));
}

result<expression> parser::parse_position(function_call call) {
  call.form = call_form::position_in;
  MILLRACE_CHECK(expect_symbol("("));
  // IN would be read as a predicate: the searched text binds tighter.
  MILLRACE_TRY(auto searched, parse_binary(40));
  call.arguments.push_back(positional(std::move(searched)));
  MILLRACE_CHECK(expect_word("IN"));
  MILLRACE_TRY(auto value, parse_expression());
  call.arguments.push_back(positional(std::move(value)));
  if (accept_word("FROM")) {
    MILLRACE_TRY(auto from, parse_expression());
    call.arguments.push_back(positional(std::move(from)));
  }
  MILLRACE_CHECK(expect_symbol(")"));
  return parse_call_suffix(std::move(call));
}

result<expression> parser::parse_overlay(function_call call) {
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_CHECK(parse_arguments(call));
  if (call.arguments.size() == 1 && accept_word("PLACING")) {
    call.form = call_form::overlay_placing;
    MILLRACE_TRY(auto replacement, parse_expression());
    call.arguments.push_back(positional(std::move(replacement)));
    MILLRACE_CHECK(expect_word("FROM"));
    MILLRACE_TRY(auto start, parse_expression());
    call.arguments.push_back(positional(std::move(start)));
    if (accept_word("FOR")) {
      MILLRACE_TRY(auto length, parse_expression());
      call.arguments.push_back(positional(std::move(length)));
    }
  }
  MILLRACE_CHECK(expect_symbol(")"));
  return parse_call_suffix(std::move(call));
}

result<expression> parser::parse_substring(function_call call) {
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_CHECK(parse_arguments(call));
  if (call.arguments.size() == 1 && accept_word("FROM")) {
    call.form = call_form::substring_from;
    MILLRACE_TRY(auto start, parse_expression());
    call.arguments.push_back(positional(std::move(start)));
    if (accept_word("FOR")) {
      MILLRACE_TRY(auto length, parse_expression());
      call.arguments.push_back(positional(std::move(length)));
    }
  }
  if (!accept_symbol(")")) return unexpected("FROM, ',' or ')'");
  return parse_call_suffix(std::move(call));
}

result<expression> parser::parse_rounding(function_call call) {
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_CHECK(parse_arguments(call));
  if (call.arguments.size() == 1 && accept_word("TO")) {
    call.form = call_form::to_unit;
    const text_position at = peek().at();
    MILLRACE_TRY(const time_unit unit, expect_unit());
    call.arguments.push_back(positional(make_expression(at, unit_argument{unit})));
  }
  MILLRACE_CHECK(expect_symbol(")"));
  return parse_call_suffix(std::move(call));
}

result<expression> parser::parse_timestamp_arithmetic(function_call call) {
  MILLRACE_CHECK(expect_symbol("("));
  const text_position at = peek().at();
  MILLRACE_TRY(const time_unit unit, expect_unit());
  call.arguments.push_back(positional(make_expression(at, unit_argument{unit})));
  MILLRACE_CHECK(expect_symbol(","));
  MILLRACE_TRY(auto rest, list_of<argument>(&parser::parse_argument));
  for (auto& more : rest) call.arguments.push_back(std::move(more));
  MILLRACE_CHECK(expect_symbol(")"));
  return parse_call_suffix(std::move(call));
}

result<expression> parser::parse_descriptor(function_call call) {
  descriptor node;
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_TRY(node.columns, parse_name_list("a column name"));
  MILLRACE_CHECK(expect_symbol(")"));
  return make_expression(call.function[0].at, std::move(node));
}

result<expression> parser::refuse_call(function_call call) {
  return not_supported(call.function[0].at, fmt::format("{}(..)", call.function[0].text));
}

}  // namespace millrace::sql
