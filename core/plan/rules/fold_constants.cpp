#include "core/base/config.hpp"
#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/plan/rules/rule.hpp"

#include <algorithm>

namespace millrace::plan {
namespace {

using expr::expr_kind;
using expr::expr_ptr;

bool all_literals(const expr::bound_expr& e) {
  for (const auto& a : e.arguments)
    if (a->kind != expr_kind::literal) return false;
  return true;
}

// A call that reads no column becomes its value. One that fails stays: it must fail when a row
// reaches it.
expr_ptr folded(const expr_ptr& e, const std::string& zone) {
  if (e->kind != expr_kind::call) return e;
  auto copy = std::make_shared<expr::bound_expr>(*e);
  bool changed = false;
  for (auto& a : copy->arguments) {
    auto f = folded(a, zone);
    changed |= f != a;
    a = std::move(f);
  }
  const expr_ptr call = changed ? expr_ptr(copy) : e;
  if (call->arguments.empty() || !all_literals(*call) || !expr::is_deterministic(*call))
    return call;
  expr::eval_context context;
  context.time = &system_clock();
  context.time_zone = zone;
  auto value = expr::evaluate_constant(call, context);
  if (!value.ok()) return call;
  auto literal = std::make_shared<expr::bound_expr>();
  literal->kind = expr_kind::literal;
  literal->type = call->type;
  literal->literal = std::move(*value);
  return literal;
}

bool is_true(const expr_ptr& e) {
  return e->kind == expr_kind::literal && e->type.id() == data::type_id::boolean &&
         !e->literal->is_null(0) && e->literal->value<std::uint8_t>(0) != 0;
}

bool is_null_literal(const expr::bound_expr& e) {
  return e.kind == expr_kind::literal && e.literal->is_null(0);
}

bool never_true(const expr::bound_expr& e) {
  const auto& in = e.arguments;
  if (e.kind == expr_kind::literal)
    return is_null_literal(e) || e.literal->value<std::uint8_t>(0) == 0;
  if (e.kind != expr_kind::call) return false;
  const auto never = [](const expr_ptr& a) { return never_true(*a); };
  if (e.function == "AND") return std::any_of(in.begin(), in.end(), never);
  if (e.function == "OR") return std::all_of(in.begin(), in.end(), never);
  // A NULL in the list leaves FALSE and unknown.
  const auto null = [](const expr_ptr& a) { return is_null_literal(*a); };
  return e.function == "NOT IN" && std::any_of(in.begin(), in.end(), null);
}

// Only through nodes that keep an empty input empty.
bool gives_no_rows(const logical_node& node) {
  if (const auto* filter = std::get_if<filter_node>(&node.detail))
    return never_true(*filter->condition) || gives_no_rows(*node.inputs[0]);
  return std::holds_alternative<project_node>(node.detail) && gives_no_rows(*node.inputs[0]);
}

// What an aggregate is over no rows; null where only running it tells.
expr_ptr value_of_none(const aggregate_call& call, const data::data_type& type) {
  if (call.function == "COUNT") return expr::make_literal(expr::integer_literal(type, 0));
  constexpr std::string_view null_of_none[] = {"SUM", "MIN", "MAX", "AVG"};
  const auto* end = std::end(null_of_none);
  if (std::find(std::begin(null_of_none), end, call.function) == end) return nullptr;
  return expr::make_literal(expr::null_literal(type.as_nullable()));
}

// A global aggregate over a filter that no row can pass. As in Flink, it then has a row although
// no input arrives, while one over a stream that happens to be empty has none.
logical_ptr aggregate_of_none(const logical_ptr& node, const aggregate_node& aggregate) {
  if (!aggregate.groups.empty() || !aggregate.sets.empty()) return node;
  if (aggregate.calls.empty() || !gives_no_rows(*node->inputs[0])) return node;
  std::vector<expr_ptr> row;
  for (std::size_t i = 0; i < aggregate.calls.size(); ++i) {
    row.push_back(value_of_none(aggregate.calls[i], node->columns[i].type));
    if (!row.back()) return node;
  }
  auto values = std::make_shared<logical_node>();
  values->columns = node->columns;
  values->detail = values_node{{std::move(row)}};
  return values;
}

result<logical_ptr> change(const logical_ptr& node, const std::string& zone) {
  if (const auto* filter = std::get_if<filter_node>(&node->detail)) {
    const auto condition = folded(filter->condition, zone);
    if (is_true(condition)) return node->inputs[0];
    if (condition == filter->condition) return node;
    return make_filter(condition, node->inputs[0]);
  }
  if (const auto* project = std::get_if<project_node>(&node->detail)) {
    std::vector<expr_ptr> expressions;
    for (const auto& e : project->expressions) expressions.push_back(folded(e, zone));
    return make_project(std::move(expressions), node->columns, node->inputs[0]);
  }
  if (const auto* join = std::get_if<join_node>(&node->detail); join && join->condition) {
    auto copy = std::make_shared<logical_node>(*node);
    const auto condition = folded(join->condition, zone);
    std::get<join_node>(copy->detail).condition = is_true(condition) ? nullptr : condition;
    return logical_ptr(copy);
  }
  if (const auto* aggregate = std::get_if<aggregate_node>(&node->detail))
    return aggregate_of_none(node, *aggregate);
  return node;
}

}  // namespace

result<std::vector<logical_ptr>> fold_constants(const std::vector<logical_ptr>& roots,
                                                const option_map& options) {
  const auto zone = option_reader(options).text("table.local-time-zone", "UTC");
  return rebuild(roots, [&](const logical_ptr& node) { return change(node, zone); });
}

}  // namespace millrace::plan
