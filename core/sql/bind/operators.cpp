#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/expression_binder.hpp"

namespace millrace::sql {

using expr::expr_ptr;

namespace {

// The registry's name of a unary operator, and whether NOT stands around it.
struct unary_form {
  std::string_view function;
  bool negated = false;
};

unary_form form_of(unary_operator op) {
  switch (op) {
    case unary_operator::negate: return {"NEGATE"};
    case unary_operator::logical_not: return {"NOT"};
    case unary_operator::is_null:
    case unary_operator::is_unknown: return {"IS NULL"};
    case unary_operator::is_not_null:
    case unary_operator::is_not_unknown: return {"IS NOT NULL"};
    case unary_operator::is_true: return {"IS TRUE"};
    case unary_operator::is_not_true: return {"IS NOT TRUE"};
    case unary_operator::is_false: return {"IS FALSE"};
    case unary_operator::is_not_false: return {"IS NOT FALSE"};
    case unary_operator::is_json_value: return {"IS JSON VALUE"};
    case unary_operator::is_not_json_value: return {"IS JSON VALUE", true};
    case unary_operator::is_json_object: return {"IS JSON OBJECT"};
    case unary_operator::is_not_json_object: return {"IS JSON OBJECT", true};
    case unary_operator::is_json_array: return {"IS JSON ARRAY"};
    case unary_operator::is_not_json_array: return {"IS JSON ARRAY", true};
    case unary_operator::is_json_scalar: return {"IS JSON SCALAR"};
    case unary_operator::is_not_json_scalar: return {"IS JSON SCALAR", true};
    default: return {};
  }
}

bool wants_boolean(unary_operator op) {
  return op == unary_operator::is_unknown || op == unary_operator::is_not_unknown;
}

}  // namespace

std::string_view operator_name(binary_operator op) {
  switch (op) {
    case binary_operator::logical_or: return "OR";
    case binary_operator::logical_and: return "AND";
    case binary_operator::equal: return "=";
    case binary_operator::not_equal: return "<>";
    case binary_operator::less: return "<";
    case binary_operator::less_equal: return "<=";
    case binary_operator::greater: return ">";
    case binary_operator::greater_equal: return ">=";
    case binary_operator::is_distinct_from: return "IS DISTINCT FROM";
    case binary_operator::is_not_distinct_from: return "IS NOT DISTINCT FROM";
    case binary_operator::add: return "+";
    case binary_operator::subtract: return "-";
    case binary_operator::multiply: return "*";
    case binary_operator::divide: return "/";
    case binary_operator::modulo: return "%";
    case binary_operator::concat: return "||";
    default: return {};
  }
}

result<expr_ptr> expression_binder::bind_unary(const unary_operation& e, text_position at) {
  if (e.op == unary_operator::running || e.op == unary_operator::final_)
    return bind_match_mode(e, at);
  MILLRACE_TRY(auto operand, bind(*e.operand));
  if (e.op == unary_operator::plus) return operand;
  if (wants_boolean(e.op) && operand->type.id() != data::type_id::boolean &&
      operand->type.id() != data::type_id::null)
    return make_error(errc::sql_type_mismatch, at,
                      "IS UNKNOWN needs a BOOLEAN, not " + data::to_text(operand->type),
                      "use IS NULL");
  const auto form = form_of(e.op);
  if (form.function.empty())
    return make_error(errc::sql_not_supported, at, "this operator is not supported");
  MILLRACE_TRY(auto bound, call(at, form.function, {std::move(operand)}));
  return form.negated ? call(at, "NOT", {std::move(bound)}) : bound;
}

result<expr_ptr> expression_binder::bind_binary(const binary_operation& e, text_position at) {
  if (e.op == binary_operator::overlaps) return bind_overlaps(e, at);
  const auto function = operator_name(e.op);
  if (function.empty())
    return make_error(errc::sql_not_supported, at,
                      "operators of periods and multisets are not supported");
  if (e.op == binary_operator::equal && e.left->kind() == expression_kind::row_constructor &&
      e.right->kind() == expression_kind::row_constructor)
    return bind_row_equality(*e.left, *e.right, at);
  MILLRACE_TRY(auto left, bind(*e.left));
  MILLRACE_TRY(auto right, bind(*e.right));
  return call(at, function, {std::move(left), std::move(right)});
}

// Rows are compared part by part, so that the planner sees keys.
result<expr_ptr> expression_binder::bind_row_equality(const expression& left,
                                                      const expression& right, text_position at) {
  const auto& a = left.as<row_constructor>().items;
  const auto& b = right.as<row_constructor>().items;
  if (a.size() != b.size())
    return make_error(errc::sql_type_mismatch, at,
                      "rows of " + std::to_string(a.size()) + " and " + std::to_string(b.size()) +
                          " values cannot be compared");
  expr_ptr all;
  for (std::size_t i = 0; i < a.size(); ++i) {
    MILLRACE_TRY(auto x, bind(a[i]));
    MILLRACE_TRY(auto y, bind(b[i]));
    MILLRACE_TRY(auto same, call(at, "=", {std::move(x), std::move(y)}));
    if (!all) {
      all = std::move(same);
      continue;
    }
    MILLRACE_TRY(all, call(at, "AND", {all, std::move(same)}));
  }
  return all;
}

// One side of OVERLAPS: (start, end) or (start, length).
result<expr_ptr> expression_binder::bind_period(const expression& e, std::vector<expr_ptr>& into) {
  const auto* row = e.get_if<row_constructor>();
  if (!row || row->items.size() != 2)
    return make_error(errc::sql_bad_argument, e.at,
                      "OVERLAPS needs (start, end) or (start, interval) on both sides");
  MILLRACE_TRY(auto start, bind(row->items[0]));
  MILLRACE_TRY(auto end, bind(row->items[1]));
  const auto id = end->type.id();
  if (id == data::type_id::interval_day_time || id == data::type_id::interval_year_month) {
    MILLRACE_TRY(end, call(e.at, "+", {start, end}));
  }
  into.push_back(start);
  into.push_back(end);
  return start;
}

result<expr_ptr> expression_binder::bind_overlaps(const binary_operation& e, text_position at) {
  std::vector<expr_ptr> times;
  MILLRACE_CHECK(bind_period(*e.left, times));
  MILLRACE_CHECK(bind_period(*e.right, times));
  return call(at, "OVERLAPS", std::move(times));
}

// Two comparisons rather than one call: joins look for them.
result<expr_ptr> expression_binder::bind_between(const between& e, text_position at) {
  MILLRACE_TRY(auto value, bind(*e.value));
  MILLRACE_TRY(auto low, bind(*e.low));
  MILLRACE_TRY(auto high, bind(*e.high));
  if (e.symmetric)
    return call(at, e.negated ? "NOT BETWEEN SYMMETRIC" : "BETWEEN SYMMETRIC", {value, low, high});
  MILLRACE_TRY(auto above, call(at, e.negated ? "<" : ">=", {value, low}));
  MILLRACE_TRY(auto below, call(at, e.negated ? ">" : "<=", {value, high}));
  return call(at, e.negated ? "OR" : "AND", {std::move(above), std::move(below)});
}

result<expr_ptr> expression_binder::bind_in_list(const in_list& e, text_position at) {
  if (e.value->kind() == expression_kind::row_constructor) return bind_in_rows(e, at);
  std::vector<expr_ptr> arguments;
  MILLRACE_TRY(auto value, bind(*e.value));
  arguments.push_back(std::move(value));
  for (const auto& item : e.items) {
    MILLRACE_TRY(auto bound, bind(item));
    arguments.push_back(std::move(bound));
  }
  return call(at, e.negated ? "NOT IN" : "IN", std::move(arguments));
}

result<expr_ptr> expression_binder::bind_in_rows(const in_list& e, text_position at) {
  expr_ptr any;
  for (const auto& item : e.items) {
    if (item.kind() != expression_kind::row_constructor)
      return make_error(errc::sql_type_mismatch, item.at, "IN compares a row with rows",
                        "put the values in parentheses");
    MILLRACE_TRY(auto same, bind_row_equality(*e.value, item, at));
    if (!any) {
      any = std::move(same);
      continue;
    }
    MILLRACE_TRY(any, call(at, "OR", {any, std::move(same)}));
  }
  return e.negated ? call(at, "NOT", {std::move(any)}) : any;
}

result<expr_ptr> expression_binder::bind_like(const like& e, text_position at) {
  std::vector<expr_ptr> arguments;
  for (const auto* part : {&e.value, &e.pattern, &e.escape}) {
    if (!*part) continue;
    MILLRACE_TRY(auto bound, bind(**part));
    arguments.push_back(std::move(bound));
  }
  MILLRACE_TRY(auto bound, call(at, e.similar ? "SIMILAR TO" : "LIKE", std::move(arguments)));
  return e.negated ? call(at, "NOT", {std::move(bound)}) : bound;
}

result<expr_ptr> expression_binder::bind_quantified_list(const quantified_comparison& e,
                                                         text_position at) {
  MILLRACE_TRY(auto value, bind(*e.value));
  expr_ptr all;
  for (const auto& item : e.items) {
    MILLRACE_TRY(auto bound, bind(item));
    MILLRACE_TRY(auto compared, call(at, operator_name(e.op), {value, std::move(bound)}));
    if (!all) {
      all = std::move(compared);
      continue;
    }
    MILLRACE_TRY(all, call(at, e.all ? "AND" : "OR", {all, std::move(compared)}));
  }
  return all;
}

}  // namespace millrace::sql
