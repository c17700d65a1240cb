#include "core/expr/registry.hpp"
#include "core/sql/bind/clause_binder.hpp"
#include "core/sql/bind/outer_values.hpp"
#include "core/sql/bind/select_planner.hpp"

namespace millrace::sql {

using expr::expr_ptr;

// A conjunct that is IN, EXISTS or ANY over a query, or the negation of one, becomes a semi or an
// anti join. False: it is something else.
result<bool> select_planner::bind_subquery_conjunct(const expression& e, bool negated) {
  if (const auto* unary = e.get_if<unary_operation>();
      unary && unary->op == unary_operator::logical_not)
    return bind_subquery_conjunct(*unary->operand, !negated);
  if (const auto* in = e.get_if<in_subquery>()) {
    MILLRACE_CHECK(bind_in_conjunct(*in->value, *in->subquery, e.at, in->negated != negated));
    return true;
  }
  if (const auto* test = e.get_if<exists>()) {
    MILLRACE_CHECK(bind_exists_conjunct(*test->subquery, negated));
    return true;
  }
  const auto* quantified = e.get_if<quantified_comparison>();
  if (quantified == nullptr || !quantified->subquery || negated) return false;
  MILLRACE_CHECK(bind_quantified_conjunct(*quantified, e.at));
  return true;
}

result<void> select_planner::bind_exists_conjunct(const query& q, bool negated) {
  MILLRACE_TRY(const auto sub, queries_.bind(q, &scope_));
  const auto kind = negated ? plan::join_kind::anti : plan::join_kind::semi;
  MILLRACE_TRY(node_, attach_filter(node_, sub, kind, {}));
  return {};
}

namespace {

// The left values of IN; the binder keeps its own state, where no sub-query may show up.
result<std::vector<expr_ptr>> left_values(const expression& value, std::uint32_t columns,
                                          expression_binder& binder, const name_scope& scope,
                                          text_position at) {
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
                          std::to_string(columns) + " columns of the sub-query",
                      "select as many columns as are compared");
  for (auto& v : values) {
    MILLRACE_TRY(v, import_outer_columns(v, scope));
  }
  return values;
}

// NOT IN drops a row unless every comparison is FALSE: one that a NULL leaves unknown counts as
// met.
result<std::vector<expr_ptr>> unless_false(std::vector<expr_ptr> compared) {
  MILLRACE_TRY(auto all, conjunction(std::move(compared)));
  if (!all->type.nullable()) return std::vector{std::move(all)};
  MILLRACE_TRY(auto met, expr::make_call("IS NOT FALSE", {std::move(all)}));
  return std::vector{std::move(met)};
}

}  // namespace

result<void> select_planner::bind_in_conjunct(const expression& value, const query& q,
                                              text_position at, bool negated) {
  MILLRACE_TRY(const auto sub, queries_.bind(q, &scope_));
  expression_binder binder(queries_, scope_, "WHERE");
  MILLRACE_TRY(const auto values, left_values(value, sub.visible, binder, scope_, at));
  const auto width = static_cast<std::uint32_t>(node_->columns.size());
  std::vector<expr_ptr> compared;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    const auto column = expr::make_column(width + i, sub.node->columns[i].type);
    MILLRACE_TRY(auto same, placed(expr::make_call("=", {values[i], column}), at));
    compared.push_back(std::move(same));
  }
  if (negated) {
    MILLRACE_TRY(compared, unless_false(std::move(compared)));
  }
  const auto kind = negated ? plan::join_kind::anti : plan::join_kind::semi;
  MILLRACE_TRY(node_, attach_filter(node_, sub, kind, std::move(compared)));
  return {};
}

// `x > ANY (q)` keeps rows that a row of q makes true; `x > ALL (q)` drops those for which a row
// makes it anything else.
result<void> select_planner::bind_quantified_conjunct(const quantified_comparison& e,
                                                      text_position at) {
  MILLRACE_TRY(const auto sub, queries_.bind(*e.subquery, &scope_));
  expression_binder binder(queries_, scope_, "WHERE");
  MILLRACE_TRY(const auto values, left_values(*e.value, sub.visible, binder, scope_, at));
  const auto width = static_cast<std::uint32_t>(node_->columns.size());
  if (values.size() != 1)
    return make_error(errc::sql_bad_argument, at, "ANY and ALL compare one value",
                      "select one column in the sub-query");
  const auto column = expr::make_column(width, sub.node->columns[0].type);
  MILLRACE_TRY(auto compared,
               placed(expr::make_call(operator_name(e.op), {values[0], column}), at));
  if (e.all) {
    MILLRACE_TRY(compared, expr::make_call("IS NOT TRUE", {std::move(compared)}));
  }
  const auto kind = e.all ? plan::join_kind::anti : plan::join_kind::semi;
  MILLRACE_TRY(node_, attach_filter(node_, sub, kind, {std::move(compared)}));
  return {};
}

}  // namespace millrace::sql
