#include "core/plan/rules/rule.hpp"

#include "core/expr/registry.hpp"

namespace millrace::plan {
namespace {

void visit(const logical_ptr& node, std::unordered_map<const logical_node*, bool>& seen,
           std::vector<logical_ptr>& order) {
  if (!seen.emplace(node.get(), true).second) return;
  for (const auto& input : node->inputs) visit(input, seen, order);
  order.push_back(node);
}

}  // namespace

std::vector<logical_ptr> topological_order(const std::vector<logical_ptr>& roots) {
  std::unordered_map<const logical_node*, bool> seen;
  std::vector<logical_ptr> order;
  for (const auto& root : roots) visit(root, seen, order);
  return order;
}

reader_counts count_readers(const std::vector<logical_ptr>& roots) {
  reader_counts counts;
  for (const auto& root : roots) ++counts[root.get()];
  for (const auto& node : topological_order(roots))
    for (const auto& input : node->inputs) ++counts[input.get()];
  return counts;
}

result<std::vector<logical_ptr>> rebuild(const std::vector<logical_ptr>& roots,
                                         const node_change& change) {
  std::unordered_map<const logical_node*, logical_ptr> made;
  for (const auto& node : topological_order(roots)) {
    std::vector<logical_ptr> inputs;
    for (const auto& input : node->inputs) inputs.push_back(made.at(input.get()));
    MILLRACE_TRY(made[node.get()], change(with_inputs(node, std::move(inputs))));
  }
  std::vector<logical_ptr> out;
  for (const auto& root : roots) out.push_back(made.at(root.get()));
  return out;
}

logical_ptr with_inputs(const logical_ptr& node, std::vector<logical_ptr> inputs) {
  if (node->inputs == inputs) return node;
  auto copy = std::make_shared<logical_node>(*node);
  copy->inputs = std::move(inputs);
  return copy;
}

logical_ptr make_filter(expr::expr_ptr condition, logical_ptr input) {
  auto node = std::make_shared<logical_node>();
  node->columns = input->columns;
  node->inputs.push_back(std::move(input));
  node->detail = filter_node{std::move(condition)};
  return node;
}

logical_ptr make_project(std::vector<expr::expr_ptr> expressions,
                         std::vector<logical_column> columns, logical_ptr input) {
  auto node = std::make_shared<logical_node>();
  node->columns = std::move(columns);
  node->inputs.push_back(std::move(input));
  node->detail = project_node{std::move(expressions)};
  return node;
}

result<expr::expr_ptr> conjunction(std::vector<expr::expr_ptr> conjuncts) {
  if (conjuncts.empty()) return expr::expr_ptr{};
  expr::expr_ptr all = conjuncts[0];
  for (std::size_t i = 1; i < conjuncts.size(); ++i) {
    MILLRACE_TRY(all, expr::make_call("AND", {all, conjuncts[i]}));
  }
  return all;
}

}  // namespace millrace::plan
