#include "core/expr/registry.hpp"
#include "core/plan/rules/rule.hpp"

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
expr_ptr folded(const expr_ptr& e) {
  if (e->kind != expr_kind::call) return e;
  auto copy = std::make_shared<expr::bound_expr>(*e);
  bool changed = false;
  for (auto& a : copy->arguments) {
    auto f = folded(a);
    changed |= f != a;
    a = std::move(f);
  }
  const expr_ptr call = changed ? expr_ptr(copy) : e;
  if (call->arguments.empty() || !all_literals(*call) || !expr::is_deterministic(*call))
    return call;
  expr::eval_context context;
  context.time = &system_clock();
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

result<logical_ptr> change(const logical_ptr& node) {
  if (const auto* filter = std::get_if<filter_node>(&node->detail)) {
    const auto condition = folded(filter->condition);
    if (is_true(condition)) return node->inputs[0];
    if (condition == filter->condition) return node;
    return make_filter(condition, node->inputs[0]);
  }
  if (const auto* project = std::get_if<project_node>(&node->detail)) {
    std::vector<expr_ptr> expressions;
    for (const auto& e : project->expressions) expressions.push_back(folded(e));
    return make_project(std::move(expressions), node->columns, node->inputs[0]);
  }
  if (const auto* join = std::get_if<join_node>(&node->detail); join && join->condition) {
    auto copy = std::make_shared<logical_node>(*node);
    const auto condition = folded(join->condition);
    std::get<join_node>(copy->detail).condition = is_true(condition) ? nullptr : condition;
    return logical_ptr(copy);
  }
  return node;
}

}  // namespace

result<std::vector<logical_ptr>> fold_constants(const std::vector<logical_ptr>& roots) {
  return rebuild(roots, change);
}

}  // namespace millrace::plan
