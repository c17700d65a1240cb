#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

namespace millrace::sql {

result<select_block> parser::parse_select() {
  advance();
  select_block block;
  MILLRACE_TRY(block.hints, parse_hints());
  if (at_word("STREAM")) return not_supported(peek().at(), "SELECT STREAM", "leave out STREAM");
  block.distinct = accept_word("DISTINCT");
  if (!block.distinct) accept_word("ALL");
  MILLRACE_TRY(block.items, list_of<select_item>(&parser::parse_select_item));
  if (accept_word("FROM")) {
    MILLRACE_TRY(block.from, parse_from());
  }
  MILLRACE_CHECK(parse_select_clauses(block));
  return block;
}

result<void> parser::parse_select_clauses(select_block& block) {
  if (accept_word("WHERE")) {
    MILLRACE_TRY(block.where, parse_expression());
  }
  if (accept_words({"GROUP", "BY"})) {
    MILLRACE_TRY(block.group_by, parse_group_by());
  }
  if (accept_word("HAVING")) {
    MILLRACE_TRY(block.having, parse_expression());
  }
  if (accept_word("WINDOW")) {
    MILLRACE_TRY(block.windows, list_of<named_window>(&parser::parse_named_window));
  }
  if (accept_word("QUALIFY")) {
    MILLRACE_TRY(block.qualify, parse_expression());
  }
  return {};
}

result<select_item> parser::parse_select_item() {
  select_item item;
  MILLRACE_TRY(item.value, parse_expression());
  MILLRACE_TRY(item.alias, parse_alias());
  return item;
}

result<std::optional<name>> parser::parse_alias() {
  if (!accept_word("AS") && !at_name()) return std::optional<name>{};
  MILLRACE_TRY(name alias, expect_name("an alias"));
  return std::optional<name>(std::move(alias));
}

result<group_clause> parser::parse_group_by() {
  group_clause clause;
  clause.distinct = accept_word("DISTINCT");
  if (!clause.distinct) accept_word("ALL");
  MILLRACE_TRY(clause.items, list_of<group_item>(&parser::parse_group_item));
  return clause;
}

result<group_item> parser::parse_group_item() {
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  if (accept_words({"GROUPING", "SETS"})) return parse_group_list(group_item_kind::grouping_sets);
  if (at_word("ROLLUP") && at_symbol("(", 1)) {
    advance();
    return parse_group_list(group_item_kind::rollup);
  }
  if (at_word("CUBE") && at_symbol("(", 1)) {
    advance();
    return parse_group_list(group_item_kind::cube);
  }
  group_item item;
  item.at = peek().at();
  if (at_symbol("(") && at_symbol(")", 1)) {
    advance();
    advance();
    item.kind = group_item_kind::tuple;
    return item;
  }
  MILLRACE_TRY(auto value, parse_expression());
  if (auto* row = std::get_if<row_constructor>(&value.node); row && !row->keyword) {
    item.kind = group_item_kind::tuple;
    item.values = std::move(row->items);
  } else {
    item.values.push_back(std::move(value));
  }
  return item;
}

result<group_item> parser::parse_group_list(group_item_kind kind) {
  group_item item;
  item.kind = kind;
  item.at = peek().at();
  MILLRACE_CHECK(expect_symbol("("));
  MILLRACE_TRY(item.items, list_of<group_item>(&parser::parse_group_item));
  MILLRACE_CHECK(expect_symbol(")"));
  return item;
}

result<named_window> parser::parse_named_window() {
  named_window made;
  MILLRACE_TRY(made.window, expect_name("the name of a window"));
  MILLRACE_CHECK(expect_word("AS"));
  MILLRACE_TRY(made.spec, parse_window());
  return made;
}

result<std::vector<order_item>> parser::parse_order_by() {
  MILLRACE_CHECK(expect_words({"ORDER", "BY"}));
  return list_of<order_item>(&parser::parse_order_item);
}

result<order_item> parser::parse_order_item() {
  order_item item;
  MILLRACE_TRY(item.value, parse_expression());
  item.descending = accept_word("DESC");
  if (!item.descending) accept_word("ASC");
  if (!accept_word("NULLS")) return item;
  item.nulls_first = accept_word("FIRST");
  if (!*item.nulls_first && !accept_word("LAST")) return unexpected("FIRST or LAST");
  return item;
}

result<std::vector<hint>> parser::parse_hints() {
  std::vector<hint> hints;
  if (peek().kind != token_kind::hint_open) return hints;
  advance();
  while (peek().kind != token_kind::hint_close) {
    MILLRACE_TRY(hints.emplace_back(), parse_hint());
    accept_symbol(",");
  }
  advance();
  return hints;
}

result<hint> parser::parse_hint() {
  hint made;
  MILLRACE_TRY(name head, expect_name("the name of a hint or */"));
  made.name = to_upper(head.text);
  made.at = head.at;
  if (!accept_symbol("(")) return made;
  while (!at_symbol(")")) {
    const bool option = peek().kind == token_kind::string && at_symbol("=", 1);
    if (option || (at_name() && at_symbol("=", 1))) {
      MILLRACE_TRY(made.options.emplace_back(), parse_option());
    } else if (peek().kind == token_kind::string || peek().kind == token_kind::quoted_name) {
      made.arguments.push_back(unquote(advance()));
    } else if (peek().kind == token_kind::word || peek().kind == token_kind::integer) {
      std::string text(advance().text);
      while (accept_symbol(".")) {
        MILLRACE_TRY(const name part, expect_name("a name"));
        text += "." + part.text;
      }
      made.arguments.push_back(std::move(text));
    } else {
      return unexpected("an argument of the hint");
    }
    if (!at_symbol(")")) MILLRACE_CHECK(expect_symbol(","));
  }
  advance();
  return made;
}

}  // namespace millrace::sql
