#pragma once

#include "core/sql/ast/statement.hpp"
#include "core/sql/parse/cursor.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::sql {

/// Recursive descent over Flink SQL; one function per rule, one file per topic. Every function
/// starts at its rule's first token and leaves the token behind the rule as the current one.
class parser : public cursor {
 public:
  using cursor::cursor;

  // statements.cpp
  result<statement> parse_statement();
  // queries.cpp
  result<query> parse_query();
  // expressions.cpp
  result<expression> parse_expression();
  // types.cpp
  result<type_name> parse_type();

 private:
  // expressions.cpp
  struct infix;
  result<expression> parse_binary(int lowest_precedence);
  result<expression> parse_prefix();
  result<expression> parse_postfix(expression base);
  result<expression> parse_field(expression base);
  std::optional<infix> peek_infix();
  std::optional<infix> peek_symbol_infix();
  std::optional<infix> peek_word_infix();
  result<expression> parse_infix(expression left, const infix& found);
  result<expression> parse_is(expression left);
  // predicates.cpp
  result<expression> parse_predicate(expression left);
  result<expression> parse_between(expression left, bool negated, text_position at);
  result<expression> parse_in(expression left, bool negated, text_position at);
  result<expression> parse_like(expression left, bool negated, text_position at);
  result<expression> parse_quantified(expression left, binary_operator op, text_position at);
  result<expression> parse_row_test(expression left, bool negated, text_position at);

  // primary.cpp
  result<expression> parse_primary();
  result<expression> parse_word_primary();
  result<expression> parse_parentheses();
  result<expression> parse_difference(text_position at, expression value);
  result<expression> parse_case();
  result<expression> parse_exists();
  result<expression> parse_collection(collection_kind kind);
  result<expression> parse_row();
  result<expression> parse_path();
  std::optional<expression> parse_bare_call();
  // literals.cpp
  result<expression> parse_literal();
  result<expression> parse_string_literal();
  result<expression> parse_unicode_literal();
  result<expression> parse_binary_literal();
  result<expression> parse_time_literal(literal_kind kind);
  result<expression> parse_interval();
  result<interval_qualifier> parse_interval_qualifier();
  std::optional<time_unit> peek_unit();
  result<time_unit> expect_unit();

  // calls.cpp
  result<expression> parse_call(qualified_name function);
  result<expression> parse_call_suffix(function_call call);
  result<void> parse_arguments(function_call& call);
  result<argument> parse_argument();
  result<expression> parse_table_argument(text_position at);
  result<expression> parse_partitioning(text_position at, table_argument input);
  result<window_spec> parse_window();
  result<window_frame> parse_frame();
  result<frame_bound> parse_frame_bound();
  // special_calls.cpp
  using special_rule = result<expression> (parser::*)(function_call);
  static special_rule find_special(std::string_view function);
  result<expression> parse_cast(function_call call);
  result<expression> parse_extract(function_call call);
  result<expression> parse_trim(function_call call);
  result<expression> parse_position(function_call call);
  result<expression> parse_overlay(function_call call);
  result<expression> parse_substring(function_call call);
  result<expression> parse_rounding(function_call call);
  result<expression> parse_timestamp_arithmetic(function_call call);
  result<expression> parse_descriptor(function_call call);
  result<expression> refuse_call(function_call call);
  // json_calls.cpp
  result<expression> parse_json_path(function_call call);
  result<expression> parse_json_constructor(function_call call);
  result<void> parse_json_clauses(json_path_call& call);
  result<json_wrapper> parse_json_wrapper();
  result<json_behavior> parse_json_behavior();
  result<void> parse_json_members(json_constructor_call& call);
  result<json_member> parse_json_member(bool keyed);
  result<void> refuse_json_format();

  // queries.cpp
  bool at_query();
  bool at_query_suffix();
  result<query> parse_query_in_parentheses();
  result<query> parse_query_from(query left);
  result<query> parse_set_operations(query left, int lowest_precedence);
  result<query> parse_query_term();
  result<void> parse_query_clauses(query& q);
  result<void> parse_limits(query& q);
  result<std::vector<common_table>> parse_with();
  result<common_table> parse_common_table();
  result<values_block> parse_values();
  // select.cpp
  result<select_block> parse_select();
  result<void> parse_select_clauses(select_block& block);
  result<select_item> parse_select_item();
  result<std::optional<name>> parse_alias();
  result<group_clause> parse_group_by();
  result<group_item> parse_group_item();
  result<group_item> parse_group_list(group_item_kind kind);
  result<named_window> parse_named_window();
  result<std::vector<order_item>> parse_order_by();
  result<order_item> parse_order_item();
  result<std::vector<hint>> parse_hints();
  result<hint> parse_hint();

  // table_refs.cpp
  result<table_ref> parse_from();
  result<table_ref> parse_joins(bool commas);
  result<std::optional<join>> parse_join_head();
  result<void> parse_join_condition(join& j);
  result<table_ref> parse_table_ref();
  result<table_ref> parse_table_primary();
  result<table_ref> parse_table_parentheses();
  result<table_ref> parse_table_function();
  result<table_ref> parse_unnest();
  result<table_ref> parse_named_table();
  result<void> parse_table_alias(table_ref& table);
  result<void> refuse_table_suffix();
  result<std::vector<name>> parse_name_list(std::string_view what);
  // match_recognize.cpp, row_patterns.cpp
  result<match_clause> parse_match();
  result<void> parse_match_rows(match_clause& clause);
  result<void> parse_match_skip(match_clause& clause);
  result<measure> parse_measure();
  result<pattern_subset> parse_subset();
  result<pattern_definition> parse_definition();
  result<row_pattern> parse_pattern();
  result<row_pattern> parse_pattern_sequence();
  result<row_pattern> parse_pattern_factor();
  result<row_pattern> parse_pattern_primary();
  result<row_pattern> parse_pattern_group(pattern_kind kind, std::string_view close);
  result<std::optional<pattern_quantifier>> parse_pattern_quantifier();
  result<void> parse_pattern_range(pattern_quantifier& range);

  // types.cpp
  result<type_name> parse_plain_type();
  result<type_name> parse_row_type(type_name type);
  result<type_name> parse_nested_type(type_name type);
  result<type_name> parse_time_type(type_name type);
  result<type_name> parse_opaque_type(type_name type);
  result<void> parse_type_arguments(type_name& type, bool with_scale);
  result<void> parse_type_fields(type_name& type);
  result<void> parse_nullability(type_name& type);

  // create.cpp
  result<statement> parse_create();
  result<statement> parse_create_table(create_table table);
  result<void> parse_table_clauses(create_table& table);
  result<statement> parse_create_view(temporary_kind temporary);
  result<statement> parse_create_function(temporary_kind temporary);
  result<void> parse_function_body(create_function& function);
  result<statement> parse_create_catalog();
  result<statement> parse_create_database();
  result<std::optional<std::string>> parse_comment();
  result<std::vector<option_entry>> parse_options();
  result<option_entry> parse_option();
  bool accept_if_not_exists() { return accept_words({"IF", "NOT", "EXISTS"}); }
  bool accept_if_exists() { return accept_words({"IF", "EXISTS"}); }
  // schema.cpp
  result<void> parse_schema(create_table& table);
  result<void> parse_schema_item(table_schema& schema);
  result<void> parse_column(table_schema& schema);
  result<void> parse_column_body(table_schema& schema, column_definition& column);
  result<void> parse_metadata(column_definition& column);
  result<void> parse_column_place(column_definition& column);
  result<key_constraint> parse_constraint();
  result<void> parse_key(key_constraint& key);
  result<watermark_definition> parse_watermark();
  result<distribution> parse_distribution();
  result<like_clause> parse_like_clause();
  result<like_option> parse_like_option();
  // alter.cpp
  result<statement> parse_alter();
  result<void> parse_alter_table(alter_object& change);
  result<void> parse_alter_view(alter_object& change);
  result<void> parse_alter_options(alter_object& change);
  result<void> parse_alter_schema(alter_object& change);
  result<void> parse_alter_rename(alter_object& change);
  result<void> parse_alter_drop(alter_object& change);
  result<statement> parse_drop();

  // dml.cpp
  result<statement> parse_insert(bool execute);
  result<std::vector<partition_value>> parse_partition();
  result<statement> parse_execute();
  result<statement> parse_statement_set(bool begin_first);
  result<statement> parse_compile();
  result<statement> parse_planned();
  // session.cpp
  result<statement> parse_show();
  result<statement> parse_show_create();
  result<void> parse_show_filter(show& shown);
  result<statement> parse_describe();
  result<statement> parse_use();
  result<statement> parse_set();
  result<std::string> parse_raw_text(bool key);
  result<statement> parse_reset();
  result<statement> parse_explain();
  result<statement> parse_stop();

  // statements.cpp
  result<statement> parse_statement_body();
  result<statement> parse_unsupported();

  /// One or more of `rule`, separated by commas.
  template <class T, class Rule>
  result<std::vector<T>> list_of(Rule rule) {
    std::vector<T> items;
    do {
      auto item = (this->*rule)();
      if (!item.ok()) return item.take_error();
      items.push_back(std::move(item).value());
    } while (accept_symbol(","));
    return items;
  }
  result<std::vector<expression>> expression_list() {
    return list_of<expression>(&parser::parse_expression);
  }
};

template <class Node>
[[nodiscard]] expression make_expression(text_position at, Node node) {
  return expression{at, std::move(node)};
}
template <class Node>
[[nodiscard]] statement make_statement(Node node) {
  statement made;
  made.node = std::move(node);
  return made;
}

}  // namespace millrace::sql
