#include "core/sql/bind/expression_binder.hpp"

#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"

namespace millrace::sql {

using expr::expr_ptr;

result<expr_ptr> expression_binder::bind(const expression& e) {
  switch (e.kind()) {
    case expression_kind::identifier: return bind_identifier(e.as<identifier>(), e.at);
    case expression_kind::literal: return bind_literal(e.as<literal>(), e.at);
    case expression_kind::interval_literal: return bind_interval(e.as<interval_literal>(), e.at);
    case expression_kind::interval_value: return bind_interval_value(e.as<interval_value>(), e.at);
    case expression_kind::function_call: return bind_call(e.as<function_call>(), e.at);
    case expression_kind::scalar_subquery:
      return bind_scalar_subquery(e.as<scalar_subquery>(), e.at);
    case expression_kind::in_subquery:
    case expression_kind::exists: return bind_subquery_predicate(e);
    default: return bind_operator(e);
  }
}

result<expr_ptr> expression_binder::bind_operator(const expression& e) {
  switch (e.kind()) {
    case expression_kind::unary_operation: return bind_unary(e.as<unary_operation>(), e.at);
    case expression_kind::binary_operation: return bind_binary(e.as<binary_operation>(), e.at);
    case expression_kind::between: return bind_between(e.as<between>(), e.at);
    case expression_kind::in_list: return bind_in_list(e.as<in_list>(), e.at);
    case expression_kind::like: return bind_like(e.as<like>(), e.at);
    case expression_kind::quantified_comparison: {
      const auto& q = e.as<quantified_comparison>();
      return q.subquery ? bind_subquery_predicate(e) : bind_quantified_list(q, e.at);
    }
    case expression_kind::case_when: return bind_case(e.as<case_when>(), e.at);
    case expression_kind::cast: return bind_cast(e.as<cast>(), e.at);
    default: return bind_simple(e);
  }
}

result<expr_ptr> expression_binder::bind_simple(const expression& e) {
  switch (e.kind()) {
    case expression_kind::row_constructor: return bind_row(e.as<row_constructor>(), e.at);
    case expression_kind::trim_call: return bind_trim(e.as<trim_call>(), e.at);
    case expression_kind::json_path_call: return bind_json_path(e.as<json_path_call>(), e.at);
    case expression_kind::json_constructor_call:
      return bind_json_constructor(e.as<json_constructor_call>(), e.at);
    case expression_kind::collection_constructor:
      return bind_collection(e.as<collection_constructor>(), e.at);
    case expression_kind::element_access: return bind_element(e.as<element_access>(), e.at);
    case expression_kind::field_access: return bind_field(e.as<field_access>(), e.at);
    case expression_kind::star:
      return make_error(errc::sql_unexpected_token, e.at, "'*' cannot stand here",
                        "it may be a whole item of SELECT, or the argument of COUNT");
    case expression_kind::default_value:
      return make_error(errc::sql_not_supported, e.at, "DEFAULT is not supported here",
                        "write the value, or NULL");
    default: break;
  }
  return make_error(errc::sql_bad_argument, e.at,
                    "this can only be an argument of a windowing or time function");
}

result<expr_ptr> expression_binder::bind_condition(const expression& e) {
  MILLRACE_TRY(auto bound, bind(e));
  const auto id = bound->type.id();
  if (id == data::type_id::boolean) return bound;
  if (id == data::type_id::null)
    return placed(expr::make_cast(bound, data::data_type(data::type_id::boolean)), e.at);
  return make_error(errc::sql_type_mismatch, e.at,
                    std::string(clause_) + " needs a BOOLEAN, not " + data::to_text(bound->type),
                    "compare the value with something");
}

result<std::vector<expr_ptr>> expression_binder::bind_all(const std::vector<expression>& all) {
  std::vector<expr_ptr> out;
  for (const auto& e : all) {
    MILLRACE_TRY(auto bound, bind(e));
    out.push_back(std::move(bound));
  }
  return out;
}

result<expr_ptr> expression_binder::call(text_position at, std::string_view function,
                                         std::vector<expr_ptr> arguments,
                                         const data::data_type* target) const {
  return placed(expr::make_call(function, std::move(arguments), target), at);
}

result<expr_ptr> expression_binder::bind_aggregate(const std::string& function,
                                                   const function_call&, text_position at) {
  return make_error(errc::sql_bad_aggregate, at,
                    "the aggregate " + function + " cannot stand in " + std::string(clause_),
                    "use HAVING, or aggregate in a sub-query");
}

result<expr_ptr> expression_binder::bind_over(const std::string& function, const function_call&,
                                              text_position at) {
  return make_error(errc::sql_bad_window, at,
                    function + " OVER cannot stand in " + std::string(clause_),
                    "compute it in a sub-query and filter outside of it, or use QUALIFY");
}

result<expr_ptr> expression_binder::bind_scalar_subquery(const scalar_subquery&, text_position at) {
  return make_error(errc::sql_not_supported, at,
                    "a sub-query in " + std::string(clause_) + " is not supported",
                    "join with it instead");
}

result<expr_ptr> expression_binder::bind_subquery_predicate(const expression& e) {
  return make_error(
      errc::sql_not_supported, e.at,
      "IN, EXISTS or a comparison over a sub-query is not supported in " + std::string(clause_),
      "move it to WHERE, or join with the sub-query");
}

result<expr_ptr> expression_binder::bind_match_mode(const unary_operation&, text_position at) {
  return make_error(errc::sql_unexpected_token, at,
                    "RUNNING and FINAL belong into MEASURES and DEFINE of MATCH_RECOGNIZE");
}

result<expr_ptr> expression_binder::bind_clause_function(const std::string&, const function_call&,
                                                         text_position) {
  return expr_ptr();
}

}  // namespace millrace::sql
