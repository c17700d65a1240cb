#include "core/sql/parse/grammar.hpp"

namespace millrace::sql {
namespace {

// A node with a single child is the child itself.
row_pattern combine(pattern_kind kind, text_position at, std::vector<row_pattern> children) {
  if (children.size() == 1) return std::move(children[0]);
  row_pattern made;
  made.kind = children.empty() ? pattern_kind::empty : kind;
  made.at = at;
  made.children = std::move(children);
  return made;
}

}  // namespace

result<row_pattern> parser::parse_pattern() {
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  const text_position at = peek().at();
  std::vector<row_pattern> choices;
  do {
    MILLRACE_TRY(choices.emplace_back(), parse_pattern_sequence());
  } while (accept_symbol("|"));
  return combine(pattern_kind::alternation, at, std::move(choices));
}

result<row_pattern> parser::parse_pattern_sequence() {
  const text_position at = peek().at();
  std::vector<row_pattern> factors;
  while (at_name() || at_word("PERMUTE") || at_symbol("(") || at_symbol("^") || at_symbol("$") ||
         (at_symbol("{") && at_symbol("-", 1))) {
    MILLRACE_TRY(factors.emplace_back(), parse_pattern_factor());
  }
  if (factors.empty() && !at_symbol(")")) return unexpected("a pattern variable");
  return combine(pattern_kind::concatenation, at, std::move(factors));
}

result<row_pattern> parser::parse_pattern_factor() {
  MILLRACE_TRY(auto factor, parse_pattern_primary());
  MILLRACE_TRY(auto quantifier, parse_pattern_quantifier());
  if (!quantifier) return factor;
  if (factor.quantifier) {
    // `(A+)*`: the group was dropped, its quantifier is the inner one.
    row_pattern outer;
    outer.kind = pattern_kind::concatenation;
    outer.at = factor.at;
    outer.children.push_back(std::move(factor));
    factor = std::move(outer);
    MILLRACE_CHECK(grow());
  }
  factor.quantifier = std::move(quantifier);
  return factor;
}

result<row_pattern> parser::parse_pattern_primary() {
  row_pattern made;
  made.at = peek().at();
  if (accept_symbol("(")) return parse_pattern_group(pattern_kind::concatenation, ")");
  if (at_symbol("{")) {
    advance();
    advance();
    return parse_pattern_group(pattern_kind::exclusion, "-");
  }
  if (at_word("PERMUTE")) {
    advance();
    MILLRACE_CHECK(expect_symbol("("));
    return parse_pattern_group(pattern_kind::permute, ")");
  }
  if (accept_symbol("^")) {
    made.kind = pattern_kind::start_anchor;
    return made;
  }
  // The lexer takes `$` as a letter of names.
  if (peek().text == "$") {
    advance();
    made.kind = pattern_kind::end_anchor;
    return made;
  }
  made.kind = pattern_kind::variable;
  MILLRACE_TRY(made.variable, expect_name("a pattern variable"));
  return made;
}

result<row_pattern> parser::parse_pattern_group(pattern_kind kind, std::string_view close) {
  const text_position at = peek().at();
  std::vector<row_pattern> children;
  do {
    MILLRACE_TRY(children.emplace_back(), parse_pattern());
  } while (kind == pattern_kind::permute && accept_symbol(","));
  MILLRACE_CHECK(expect_symbol(close));
  if (kind == pattern_kind::exclusion) MILLRACE_CHECK(expect_symbol("}"));
  if (kind == pattern_kind::concatenation) return std::move(children[0]);
  row_pattern made;
  made.kind = kind;
  made.at = at;
  made.children = std::move(children);
  return made;
}

result<std::optional<pattern_quantifier>> parser::parse_pattern_quantifier() {
  pattern_quantifier range;
  range.at = peek().at();
  if (accept_symbol("*")) {
    range.low = 0;
    range.high.reset();
  } else if (accept_symbol("+")) {
    range.high.reset();
  } else if (accept_symbol("?")) {
    range.low = 0;
  } else if (at_symbol("{") && !at_symbol("-", 1)) {
    advance();
    MILLRACE_CHECK(parse_pattern_range(range));
  } else {
    return std::optional<pattern_quantifier>{};
  }
  range.reluctant = accept_symbol("?");
  return std::optional<pattern_quantifier>(range);
}

// `{n}`, `{n,}`, `{n,m}`, `{,m}`, behind the brace.
result<void> parser::parse_pattern_range(pattern_quantifier& range) {
  constexpr std::string_view what = "a number of repetitions";
  range.low = 0;
  if (!at_symbol(",")) {
    MILLRACE_TRY(range.low, expect_count(what));
  }
  range.high = range.low;
  if (accept_symbol(",")) {
    range.high.reset();
    if (!at_symbol("}")) {
      MILLRACE_TRY(range.high, expect_count(what));
    }
  }
  if (range.high && (*range.high < range.low || *range.high == 0))
    return make_error(errc::sql_bad_pattern, range.at,
                      "the upper bound of a quantifier must be positive and not below the lower");
  return expect_symbol("}");
}

}  // namespace millrace::sql
