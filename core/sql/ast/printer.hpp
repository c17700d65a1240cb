#pragma once

#include "core/sql/ast/statement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::sql {

/// Writes trees as SQL into one string; behind `to_sql`. One object per text.
class printer {
 public:
  void write(const expression& e) { write(e, 0); }
  /// In parentheses when the expression binds looser than `level`.
  void write(const expression& e, int level);
  void write(const query& q);
  void write(const statement& s);
  void write(const type_name& t);
  void write(const name& n);
  void write_path(const qualified_name& path);
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  // print_type.cpp
  void type_parts(const type_name& t);
  // print_expression.cpp
  void node(const identifier& e) { write_path(e.parts); }
  void node(const star& e);
  void node(const literal& e);
  void node(const interval_literal& e);
  void node(const interval_value& e);
  void node(const unary_operation& e);
  void node(const binary_operation& e);
  void node(const between& e);
  void node(const in_list& e);
  void node(const in_subquery& e);
  void node(const exists& e);
  void node(const like& e);
  void node(const quantified_comparison& e);
  void node(const row_constructor& e);
  void node(const scalar_subquery& e);
  void node(const case_when& e);
  void node(const cast& e);
  void node(const collection_constructor& e);
  void node(const element_access& e);
  void node(const field_access& e);
  void node(const unit_argument& e);
  void node(const default_value&) { text("DEFAULT"); }
  // print_call.cpp
  void node(const function_call& e);
  void node(const trim_call& e);
  void node(const json_path_call& e);
  void node(const json_constructor_call& e);
  void node(const descriptor& e);
  void node(const table_argument& e);
  void arguments(const function_call& e);
  void call_suffix(const function_call& e);
  void behavior(const json_behavior& b, std::string_view event);
  void window(const window_spec& w);
  void bound(const frame_bound& b);
  void qualifier(const interval_qualifier& q);
  void order(const std::vector<order_item>& items);
  // print_query.cpp
  void body(const select_block& b);
  void body(const values_block& b);
  void body(const table_block& b);
  void body(const set_operation& b);
  void body(const nested_query& b);
  void operand(const query& q, bool grouped);
  void group(const group_item& g);
  void write(const table_ref& t);
  void table(const named_table& t) { write_path(t.table); }
  void table(const derived_table& t) { parentheses(*t.subquery); }
  void table(const table_function& t);
  void table(const unnest& t);
  void table(const join& t);
  void table(const match_recognize& t);
  void pattern(const row_pattern& p, bool grouped);
  void quantifier(const pattern_quantifier& q);
  void hints(const std::vector<hint>& list);
  // print_definition.cpp
  void schema(const table_schema& s, const std::vector<name>& column_names);
  void column(const column_definition& c);
  void constraint(const key_constraint& k);
  void distributed(const distribution& d);
  void like_table(const like_clause& l);
  void options(const std::vector<option_entry>& list);
  void comment(const std::optional<std::string>& c);
  void temporary(temporary_kind kind);
  void statement_node(const create_table& s);
  void statement_node(const create_view& s);
  void statement_node(const create_function& s);
  void statement_node(const create_catalog& s);
  void statement_node(const create_database& s);
  void statement_node(const alter_object& s);
  void alteration(const alter_object& s);
  void statement_node(const drop_object& s);
  // print_statement.cpp
  void statement_node(const query_statement& s) { write(s.select); }
  void statement_node(const show& s);
  void statement_node(const describe& s);
  void statement_node(const use_object& s);
  void statement_node(const set_option& s);
  void statement_node(const reset_option& s);
  void statement_node(const explain& s);
  void statement_node(const insert& s);
  void statement_node(const statement_set& s);
  void statement_node(const compile_plan& s);
  void statement_node(const execute_plan& s);
  void statement_node(const stop_job& s);

  void text(std::string_view part) { out_ += part; }
  void quoted(std::string_view value);
  void parentheses(const query& q);
  /// `separator`-joined items, each through `print`.
  template <class Items, class Print>
  void join_list(const Items& items, std::string_view separator, Print print) {
    bool first = true;
    for (const auto& item : items) {
      if (!first) text(separator);
      first = false;
      print(item);
    }
  }
  void expressions(const std::vector<expression>& items) {
    join_list(items, ", ", [this](const expression& e) { write(e); });
  }
  void names(const std::vector<name>& items) {
    join_list(items, ", ", [this](const name& n) { write(n); });
  }

  std::string out_;
};

[[nodiscard]] std::string_view to_text(time_unit unit);
[[nodiscard]] std::string_view to_text(object_kind kind);

}  // namespace millrace::sql
