#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/clause_binder.hpp"
#include "core/sql/bind/outer_values.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_kind;
using expr::expr_ptr;

namespace {

// A literal in the parameter's type: the operators read constants as values, not as expressions.
result<expr_ptr> constant_of_type(const expr_ptr& argument) {
  if (argument->kind == expr_kind::literal) return argument;
  expr::eval_context context;
  context.time = &system_clock();
  MILLRACE_TRY(auto value, expr::evaluate_constant(argument, context));
  return expr::make_literal(std::move(value));
}

}  // namespace

result<void> resolve_aggregate(const std::string& function, text_position at,
                               std::vector<expr_ptr>& arguments, std::vector<expr_ptr>& constants,
                               expr::aggregate_overload& overload) {
  const auto* found = expr::find_aggregate(function);
  if (found == nullptr)
    return make_error(errc::sql_unknown_function, at, "no aggregate '" + function + "'");
  std::vector<data::data_type> types;
  std::vector<data::column_ptr> literals;
  for (const auto& a : arguments) {
    types.push_back(a->type);
    literals.push_back(a->kind == expr_kind::literal ? a->literal : nullptr);
  }
  MILLRACE_TRY(overload, placed(found->resolve({function, types, literals, nullptr}, false), at));
  for (std::size_t i = 0; i < arguments.size() && i < overload.argument_types.size(); ++i) {
    MILLRACE_TRY(arguments[i],
                 placed(expr::make_cast(arguments[i], overload.argument_types[i]), at));
  }
  std::vector<expr_ptr> columns;
  constants.assign(arguments.size(), nullptr);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0 && literals[i]) {
      MILLRACE_TRY(constants[i], placed(constant_of_type(arguments[i]), at));
    } else {
      columns.push_back(arguments[i]);
    }
  }
  arguments = std::move(columns);
  return {};
}

result<void> clause_binder::bind_aggregate_arguments(const function_call& e,
                                                     pending_aggregate& into) {
  inside_aggregate_ = true;
  auto arguments = bind_arguments(e);
  inside_aggregate_ = false;
  if (!arguments.ok()) return arguments.take_error();
  into.arguments = std::move(*arguments);
  if (e.nulls == null_treatment::ignore && !into.arguments.empty()) {
    MILLRACE_TRY(into.filter, expr::make_call("IS NOT NULL", {into.arguments[0]}));
  }
  if (!e.filter) return {};
  inside_aggregate_ = true;
  auto filter = bind_condition(*e.filter);
  inside_aggregate_ = false;
  if (!filter.ok()) return filter.take_error();
  if (into.filter) {
    MILLRACE_TRY(into.filter, expr::make_call("AND", {into.filter, std::move(*filter)}));
  } else {
    into.filter = std::move(*filter);
  }
  return {};
}

namespace {

bool same_expression(const expr_ptr& a, const expr_ptr& b) {
  return a && b ? expr::equal(*a, *b) : !a && !b;
}

bool same_all(const std::vector<expr_ptr>& a, const std::vector<expr_ptr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_expression);
}

bool same_call(const pending_aggregate& a, const pending_aggregate& b) {
  return a.function == b.function && a.distinct == b.distinct &&
         same_expression(a.filter, b.filter) && same_all(a.arguments, b.arguments) &&
         same_all(a.constants, b.constants);
}

}  // namespace

result<expr_ptr> clause_binder::bind_aggregate(const std::string& function, const function_call& e,
                                               text_position at) {
  if (!rights_.aggregates) return expression_binder::bind_aggregate(function, e, at);
  if (inside_aggregate_)
    return make_error(errc::sql_bad_aggregate, at,
                      "the aggregate " + function + " stands inside of another aggregate",
                      "aggregate in a sub-query first");
  if (!e.within_group.empty())
    return make_error(errc::sql_bad_aggregate, at,
                      function + " takes no WITHIN GROUP and no ORDER BY in Flink's dialect",
                      "it sees rows in the order in which they come");
  if (e.star && function != "COUNT")
    return make_error(errc::sql_bad_aggregate, at, function + "(*) does not exist",
                      "only COUNT takes '*'");
  if (e.arguments.empty() && !e.star)
    return make_error(errc::sql_bad_argument, at, function + "() misses its argument",
                      "COUNT(*) counts rows");
  pending_aggregate call;
  call.function = function;
  call.distinct = e.quantifier == set_quantifier::distinct;
  MILLRACE_CHECK(bind_aggregate_arguments(e, call));
  MILLRACE_CHECK(resolve_aggregate(function, at, call.arguments, call.constants, call.overload));
  auto type = call.overload.result_type;
  auto& all = state_.aggregates;
  const auto known = std::find_if(all.begin(), all.end(), [&](const pending_aggregate& other) {
    return same_call(call, other);
  });
  const auto number = static_cast<std::size_t>(known - all.begin());
  if (known == all.end()) all.push_back(std::move(call));
  return expr::make_column(pending_index(pending_kind::aggregate, number), std::move(type));
}

result<expr_ptr> clause_binder::bind_identifier(const identifier& id, text_position at) {
  if (rights_.aliases == alias_use::none || id.parts.size() != 1)
    return expression_binder::bind_identifier(id, at);
  const auto alias = aliases_.find(id.parts[0].text);
  if (alias == aliases_.end()) return expression_binder::bind_identifier(id, at);
  if (rights_.aliases == alias_use::before_columns) return alias->second;
  MILLRACE_TRY(const auto column, find_column(input(), id.parts));
  return column ? expression_binder::bind_identifier(id, at) : result<expr_ptr>(alias->second);
}

result<std::vector<bound_order>> clause_binder::bind_order(const std::vector<order_item>& items) {
  std::vector<bound_order> out;
  for (const auto& item : items) {
    MILLRACE_TRY(auto value, bind(item.value));
    out.push_back({std::move(value), item.descending, item.nulls_first.value_or(!item.descending)});
  }
  return out;
}

expr_ptr clause_binder::add_subquery(pending_subquery sub, data::data_type type) {
  sub.inside_aggregate = inside_aggregate_ || !rights_.aggregates;
  state_.subqueries.push_back(std::move(sub));
  return expr::make_column(pending_index(pending_kind::subquery, state_.subqueries.size() - 1),
                           std::move(type));
}

result<expr_ptr> clause_binder::bind_scalar_subquery(const scalar_subquery& e, text_position at) {
  pending_subquery sub;
  sub.at = at;
  MILLRACE_TRY(sub.query, queries().bind(*e.subquery, &scope()));
  if (sub.query.visible != 1)
    return make_error(errc::sql_bad_argument, at,
                      "a scalar sub-query has " + std::to_string(sub.query.visible) + " columns",
                      "select exactly one");
  auto type = sub.query.node->columns[0].type.as_nullable();
  return add_subquery(std::move(sub), std::move(type));
}

namespace {

result<std::vector<expr_ptr>> in_values(const expression& value, std::uint32_t columns,
                                        expression_binder& binder, text_position at) {
  std::vector<expr_ptr> values;
  if (const auto* row = value.get_if<row_constructor>(); row && columns > 1) {
    MILLRACE_TRY(values, binder.bind_all(row->items));
  } else {
    MILLRACE_TRY(auto single, binder.bind(value));
    values.push_back(std::move(single));
  }
  if (values.size() != columns)
    return make_error(errc::sql_bad_argument, at,
                      "IN compares " + std::to_string(values.size()) + " values with " +
                          std::to_string(columns) + " columns of the sub-query");
  return values;
}

}  // namespace

namespace {

binary_operator opposite(binary_operator op) {
  switch (op) {
    case binary_operator::equal: return binary_operator::not_equal;
    case binary_operator::not_equal: return binary_operator::equal;
    case binary_operator::less: return binary_operator::greater_equal;
    case binary_operator::less_equal: return binary_operator::greater;
    case binary_operator::greater: return binary_operator::less_equal;
    default: return binary_operator::less;
  }
}

// `x op ALL (q)` is NOT x (opposite of op) ANY (q). ANY of equality is IN, that of another operator
// EXISTS with the comparison as correlation, which knows no unknown.
result<void> compare_with_any(const quantified_comparison& e, pending_subquery& sub) {
  sub.negated = e.all;
  const auto op = e.all ? opposite(e.op) : e.op;
  if (op == binary_operator::equal && sub.values.size() == 1) return {};
  const auto& column = sub.query.node->columns[0];
  if (sub.values.size() != 1)
    return make_error(errc::sql_bad_argument, sub.at, "ANY and ALL compare one value",
                      "select one column in the sub-query");
  if (column.type.nullable() || sub.values[0]->type.nullable())
    return make_error(errc::sql_not_supported, sub.at,
                      "ANY and ALL over values that may be NULL must be a conjunct of WHERE of "
                      "their own",
                      "compare with MIN or MAX of the sub-query");
  MILLRACE_TRY(auto met, placed(expr::make_call(operator_name(op), {as_outer(sub.values[0]),
                                                                    column_of(*sub.query.node, 0)}),
                                sub.at));
  sub.query.correlation.push_back(std::move(met));
  sub.values.clear();
  return {};
}

}  // namespace

result<expr_ptr> clause_binder::bind_subquery_predicate(const expression& e) {
  pending_subquery sub;
  sub.use = subquery_use::predicate;
  sub.at = e.at;
  const data::data_type boolean(data::type_id::boolean);
  if (const auto* test = e.get_if<exists>()) {
    MILLRACE_TRY(sub.query, queries().bind(*test->subquery, &scope()));
    return add_subquery(std::move(sub), boolean);
  }
  const auto* in = e.get_if<in_subquery>();
  const auto* quantified = e.get_if<quantified_comparison>();
  MILLRACE_TRY(sub.query, queries().bind(in ? *in->subquery : *quantified->subquery, &scope()));
  MILLRACE_TRY(sub.values,
               in_values(in ? *in->value : *quantified->value, sub.query.visible, *this, e.at));
  for (auto& value : sub.values) {
    MILLRACE_TRY(value, import_outer_columns(value, scope()));
  }
  if (in) {
    sub.negated = in->negated;
  } else {
    MILLRACE_CHECK(compare_with_any(*quantified, sub));
  }
  return add_subquery(std::move(sub), boolean);
}

}  // namespace millrace::sql
