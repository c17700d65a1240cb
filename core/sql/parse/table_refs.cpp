#include "core/sql/parse/grammar.hpp"

namespace millrace::sql {
namespace {

// A query in parentheses reads as a scalar sub-query; in a table function it is a table.
void queries_as_tables(function_call& call) {
  for (auto& given : call.arguments) {
    auto* subquery = std::get_if<scalar_subquery>(&given.value.node);
    if (subquery == nullptr) continue;
    table_argument input;
    input.subquery = std::move(subquery->subquery);
    given.value.node = std::move(input);
  }
}

}  // namespace

result<table_ref> parser::parse_from() { return parse_joins(true); }

// Joins are left-deep; a comma binds looser than JOIN, which left-deep reading gives by itself.
result<table_ref> parser::parse_joins(bool commas) {
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  MILLRACE_TRY(auto left, parse_table_ref());
  for (;;) {
    const text_position at = peek().at();
    std::optional<join> head;
    if (commas && accept_symbol(",")) {
      head = join{};
      head->kind = join_kind::comma;
    } else {
      MILLRACE_TRY(head, parse_join_head());
    }
    if (!head) return left;
    MILLRACE_CHECK(grow());
    head->left = std::move(left);
    if (head->kind == join_kind::comma) {
      MILLRACE_TRY(head->right, parse_joins(false));
    } else {
      MILLRACE_TRY(head->right, parse_table_ref());
      MILLRACE_CHECK(parse_join_condition(*head));
    }
    left = table_ref{};
    left.at = at;
    left.node = std::move(*head);
  }
}

result<std::optional<join>> parser::parse_join_head() {
  using enum join_kind;
  if (!at_any({"NATURAL", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "JOIN", "ASOF"}))
    return std::optional<join>{};
  join made;
  made.natural = accept_word("NATURAL");
  if (accept_word("LEFT")) {
    made.kind = left;
  } else if (accept_word("RIGHT")) {
    made.kind = right;
  } else if (accept_word("FULL")) {
    made.kind = full;
  } else if (accept_word("CROSS")) {
    made.kind = cross;
  } else {
    accept_word("INNER");
  }
  if (made.kind == left || made.kind == right || made.kind == full) accept_word("OUTER");
  if (at_any({"ASOF", "SEMI", "ANTI"}))
    return not_supported(
        peek().at(), std::string(peek().text) + " JOIN",
        at_word("ASOF") ? "use FOR SYSTEM_TIME AS OF" : "use [NOT] EXISTS (..) or [NOT] IN (..)");
  if (at_word("APPLY")) return not_supported(peek().at(), "APPLY", "use CROSS JOIN LATERAL");
  MILLRACE_CHECK(expect_word("JOIN"));
  return std::optional<join>(std::move(made));
}

result<void> parser::parse_join_condition(join& j) {
  if (j.kind == join_kind::cross || j.natural) return {};
  if (accept_word("ON")) {
    MILLRACE_TRY(j.on, parse_expression());
  } else if (accept_word("USING")) {
    MILLRACE_CHECK(expect_symbol("("));
    MILLRACE_TRY(j.columns, parse_name_list("a column name"));
    MILLRACE_CHECK(expect_symbol(")"));
  }
  return {};
}

result<table_ref> parser::parse_table_ref() {
  MILLRACE_TRY(auto table, parse_table_primary());
  if (at_words({"FOR", "SYSTEM_TIME"})) {
    advance();
    advance();
    MILLRACE_CHECK(expect_words({"AS", "OF"}));
    MILLRACE_TRY(table.system_time, parse_expression());
  }
  if (at_word("MATCH_RECOGNIZE")) {
    table_ref matched;
    matched.at = advance().at();
    match_recognize node;
    node.input = std::move(table);
    MILLRACE_TRY(node.clause, parse_match());
    matched.node = std::move(node);
    table = std::move(matched);
  }
  MILLRACE_CHECK(refuse_table_suffix());
  MILLRACE_CHECK(parse_table_alias(table));
  MILLRACE_CHECK(refuse_table_suffix());
  return table;
}

result<void> parser::refuse_table_suffix() {
  if (at_any({"PIVOT", "UNPIVOT", "TABLESAMPLE", "EXTEND"}))
    return not_supported(peek().at(), peek().text);
  return {};
}

result<void> parser::parse_table_alias(table_ref& table) {
  MILLRACE_TRY(auto alias, parse_alias());
  if (!alias) return {};
  table.alias = std::move(alias);
  if (accept_symbol("(")) {
    MILLRACE_TRY(table.alias_columns, parse_name_list("a column name"));
    MILLRACE_CHECK(expect_symbol(")"));
  }
  return {};
}

result<std::vector<name>> parser::parse_name_list(std::string_view what) {
  std::vector<name> names;
  do {
    MILLRACE_TRY(names.emplace_back(), expect_name(what));
  } while (accept_symbol(","));
  return names;
}

result<table_ref> parser::parse_table_primary() {
  if (at_word("LATERAL")) {
    const text_position at = advance().at();
    const nesting level(*this);
    MILLRACE_CHECK(level.check());
    const bool fitting = at_any({"TABLE", "UNNEST"}) || at_symbol("(") || at_name();
    if (!fitting) return unexpected("TABLE(function(..)) or (query)");
    MILLRACE_TRY(auto table, parse_table_primary());
    table.lateral = true;
    table.at = at;
    return table;
  }
  if (at_word("TABLE")) return parse_table_function();
  if (at_word("UNNEST")) return parse_unnest();
  if (at_symbol("(")) return parse_table_parentheses();
  return parse_named_table();
}

// `(query)` or `(a JOIN b ON ..)`. After an inner `(query)` without an alias a set operator shows
// that the outer parentheses hold a query as well.
result<table_ref> parser::parse_table_parentheses() {
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  table_ref table;
  table.at = advance().at();
  if (at_query()) {
    derived_table node;
    MILLRACE_TRY(node.subquery, parse_query());
    MILLRACE_CHECK(expect_symbol(")"));
    table.node = std::move(node);
    return table;
  }
  MILLRACE_TRY(auto inner, parse_joins(true));
  auto* derived = std::get_if<derived_table>(&inner.node);
  if (derived && !inner.alias && at_query_suffix()) {
    derived_table node;
    MILLRACE_TRY(node.subquery, parse_query_from(std::move(*derived->subquery)));
    MILLRACE_CHECK(expect_symbol(")"));
    table.node = std::move(node);
    return table;
  }
  MILLRACE_CHECK(expect_symbol(")"));
  return inner;
}

result<table_ref> parser::parse_table_function() {
  table_ref table;
  table.at = advance().at();
  MILLRACE_CHECK(expect_symbol("("));
  table_function node;
  MILLRACE_TRY(node.call, parse_path());
  auto* call = std::get_if<function_call>(&node.call.node);
  if (!call)
    return make_error(errc::sql_unexpected_token, node.call.at,
                      "TABLE(..) needs a call of a table function",
                      "write TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))");
  queries_as_tables(*call);
  MILLRACE_CHECK(expect_symbol(")"));
  table.node = std::move(node);
  return table;
}

result<table_ref> parser::parse_unnest() {
  table_ref table;
  table.at = advance().at();
  unnest node;
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_TRY(node.collections, expression_list());
  MILLRACE_CHECK(expect_symbol(")"));
  node.with_ordinality = accept_words({"WITH", "ORDINALITY"});
  table.node = std::move(node);
  return table;
}

result<table_ref> parser::parse_named_table() {
  table_ref table;
  table.at = peek().at();
  MILLRACE_TRY(auto path, expect_path("a table, a query in parentheses, TABLE(..) or UNNEST(..)"));
  if (path.back().at.line == table.at.line)
    table.at.length = path.back().at.column + path.back().at.length - table.at.column;
  if (at_symbol("(")) {
    table_function node;
    MILLRACE_TRY(node.call, parse_call(std::move(path)));
    if (auto* call = std::get_if<function_call>(&node.call.node)) queries_as_tables(*call);
    table.node = std::move(node);
    return table;
  }
  table.node = named_table{std::move(path)};
  MILLRACE_TRY(table.hints, parse_hints());
  return table;
}

}  // namespace millrace::sql
