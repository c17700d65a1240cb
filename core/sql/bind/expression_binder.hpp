#pragma once

#include "core/base/result.hpp"
#include "core/expr/bound_expr.hpp"
#include "core/sql/ast/expression.hpp"
#include "core/sql/bind/relation.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::sql {

class query_binder;

/// Turns expressions of the text into typed ones over a relation's columns.
///
/// Made for one clause and used once. Aggregates, OVER and sub-queries are refused here
/// (2020, 2021, 2004); binders of clauses that allow them override the hooks.
/// Errors of functions get the place of the call.
class expression_binder {
 public:
  /// `clause` (`WHERE`) is for messages. `scope` and what it points to must outlive the binder.
  expression_binder(query_binder& queries, const name_scope& scope, std::string_view clause)
      : queries_(queries), scope_(scope), clause_(clause) {}
  virtual ~expression_binder() = default;
  expression_binder(const expression_binder&) = delete;
  expression_binder& operator=(const expression_binder&) = delete;

  [[nodiscard]] result<expr::expr_ptr> bind(const expression& e);
  /// 2015 unless the expression is a BOOLEAN (or NULL).
  [[nodiscard]] result<expr::expr_ptr> bind_condition(const expression& e);
  [[nodiscard]] result<std::vector<expr::expr_ptr>> bind_all(const std::vector<expression>& all);
  [[nodiscard]] const relation& input() const { return *scope_.input; }

 protected:
  virtual result<expr::expr_ptr> bind_identifier(const identifier& id, text_position at);
  virtual result<expr::expr_ptr> bind_aggregate(const std::string& function,
                                                const function_call& call, text_position at);
  virtual result<expr::expr_ptr> bind_over(const std::string& function, const function_call& call,
                                           text_position at);
  virtual result<expr::expr_ptr> bind_scalar_subquery(const scalar_subquery& e, text_position at);
  /// IN, EXISTS and quantified comparisons over a query.
  virtual result<expr::expr_ptr> bind_subquery_predicate(const expression& e);
  /// RUNNING and FINAL.
  virtual result<expr::expr_ptr> bind_match_mode(const unary_operation& e, text_position at);
  /// Functions that only some clause knows (TUMBLE_START, GROUPING, PREV); null: not one of them.
  virtual result<expr::expr_ptr> bind_clause_function(const std::string& function,
                                                      const function_call& call, text_position at);

  /// Builds a call; an error gets the place.
  [[nodiscard]] result<expr::expr_ptr> call(text_position at, std::string_view function,
                                            std::vector<expr::expr_ptr> arguments,
                                            const data::data_type* target = nullptr) const;
  [[nodiscard]] result<expr::expr_ptr> fields_of(expr::expr_ptr value, const qualified_name& name,
                                                 std::size_t from) const;
  /// The registry's name: a built-in's in upper case, or what CREATE FUNCTION stands for. 2013.
  [[nodiscard]] result<std::string> function_name(const function_call& call,
                                                  text_position at) const;
  [[nodiscard]] result<std::vector<expr::expr_ptr>> bind_arguments(const function_call& call);
  /// True where a column of the query around has to become one of the block's own: behind WHERE,
  /// whose conditions are taken out of the sub-query.
  [[nodiscard]] virtual bool imports_outer_columns() const { return false; }
  [[nodiscard]] query_binder& queries() { return queries_; }
  [[nodiscard]] const name_scope& scope() const { return scope_; }
  [[nodiscard]] std::string_view clause() const { return clause_; }

 private:
  result<expr::expr_ptr> bind_simple(const expression& e);
  result<expr::expr_ptr> bind_operator(const expression& e);
  result<expr::expr_ptr> bind_literal(const literal& e, text_position at);
  result<expr::expr_ptr> bind_interval(const interval_literal& e, text_position at);
  result<expr::expr_ptr> bind_interval_value(const interval_value& e, text_position at);
  result<expr::expr_ptr> bind_unary(const unary_operation& e, text_position at);
  result<expr::expr_ptr> bind_binary(const binary_operation& e, text_position at);
  result<expr::expr_ptr> bind_overlaps(const binary_operation& e, text_position at);
  result<expr::expr_ptr> bind_period(const expression& e, std::vector<expr::expr_ptr>& into);
  result<expr::expr_ptr> bind_row_equality(const expression& left, const expression& right,
                                           text_position at);
  result<expr::expr_ptr> bind_between(const between& e, text_position at);
  result<expr::expr_ptr> bind_in_list(const in_list& e, text_position at);
  result<expr::expr_ptr> bind_in_rows(const in_list& e, text_position at);
  result<expr::expr_ptr> bind_like(const like& e, text_position at);
  result<expr::expr_ptr> bind_quantified_list(const quantified_comparison& e, text_position at);
  result<expr::expr_ptr> bind_row(const row_constructor& e, text_position at);
  result<expr::expr_ptr> bind_case(const case_when& e, text_position at);
  result<expr::expr_ptr> bind_cast(const cast& e, text_position at);
  result<expr::expr_ptr> bind_call(const function_call& e, text_position at);
  result<expr::expr_ptr> bind_trim(const trim_call& e, text_position at);
  result<expr::expr_ptr> bind_json_path(const json_path_call& e, text_position at);
  result<expr::expr_ptr> bind_json_constructor(const json_constructor_call& e, text_position at);
  result<expr::expr_ptr> bind_json_aggregate(const json_constructor_call& e, text_position at);
  result<expr::expr_ptr> bind_collection(const collection_constructor& e, text_position at);
  result<expr::expr_ptr> bind_element(const element_access& e, text_position at);
  result<expr::expr_ptr> bind_field(const field_access& e, text_position at);

  query_binder& queries_;
  name_scope scope_;
  std::string_view clause_;
};

/// Puts a place on an error that has none yet.
template <class T>
[[nodiscard]] result<T> placed(result<T> r, text_position at) {
  if (r.ok()) return r;
  auto e = r.take_error();
  if (!e.at) e.at = at;
  return e;
}

/// The registry's name of an operator (`=`, `AND`, `IS NOT DISTINCT FROM`); empty for those that
/// are not supported.
[[nodiscard]] std::string_view operator_name(binary_operator op);

}  // namespace millrace::sql
