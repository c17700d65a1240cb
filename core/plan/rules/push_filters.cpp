#include "core/expr/registry.hpp"
#include "core/plan/rules/rule.hpp"

#include <algorithm>

namespace millrace::plan {
namespace {

using expr::expr_ptr;

// Splits the roots' DAG into what may be changed below a filter: a node with several readers must
// stay as it is, because the filter holds for one of them only.
class filter_pusher {
 public:
  explicit filter_pusher(reader_counts readers) : readers_(std::move(readers)) {}

  result<logical_ptr> change(const logical_ptr& original, const logical_ptr& node) {
    if (const auto* filter = std::get_if<filter_node>(&node->detail)) {
      std::vector<expr_ptr> conjuncts;
      expr::split_conjunction(filter->condition, conjuncts);
      return push(std::move(conjuncts), original->inputs[0].get(), node->inputs[0]);
    }
    if (const auto* join = std::get_if<join_node>(&node->detail))
      return push_join_condition(*join, original, node);
    return node;
  }

 private:
  bool shared(const logical_node* original) const {
    const auto it = readers_.find(original);
    return it != readers_.end() && it->second > 1;
  }

  // `original` is the node before this pass changed its inputs (readers are counted by it); null:
  // made by this pass.
  result<logical_ptr> push(std::vector<expr_ptr> conjuncts, const logical_node* original,
                           const logical_ptr& below) {
    if (conjuncts.empty()) return below;
    if (original != nullptr && shared(original)) return keep(std::move(conjuncts), below);
    if (const auto* project = std::get_if<project_node>(&below->detail))
      return through_project(std::move(conjuncts), *project, original, below);
    if (const auto* filter = std::get_if<filter_node>(&below->detail)) {
      std::vector<expr_ptr> all;
      expr::split_conjunction(filter->condition, all);
      all.insert(all.end(), conjuncts.begin(), conjuncts.end());
      return push(std::move(all), first_input(original), below->inputs[0]);
    }
    if (const auto* join = std::get_if<join_node>(&below->detail))
      return through_join(std::move(conjuncts), *join, original, below);
    if (std::holds_alternative<set_node>(below->detail))
      return through_union(std::move(conjuncts), original, below);
    return through_prefix(std::move(conjuncts), original, below);
  }

  static const logical_node* first_input(const logical_node* original) {
    return original && !original->inputs.empty() ? original->inputs[0].get() : nullptr;
  }

  static result<logical_ptr> keep(std::vector<expr_ptr> conjuncts, const logical_ptr& below) {
    if (conjuncts.empty()) return below;
    MILLRACE_TRY(auto condition, conjunction(std::move(conjuncts)));
    return make_filter(std::move(condition), below);
  }

  result<logical_ptr> through_project(std::vector<expr_ptr> conjuncts, const project_node& project,
                                      const logical_node* original, const logical_ptr& below) {
    std::vector<expr_ptr> moved, stay;
    for (const auto& c : conjuncts) {
      auto inner = expr::substitute(c, project.expressions);
      (expr::is_deterministic(*inner) ? moved : stay)
          .push_back(expr::is_deterministic(*inner) ? inner : c);
    }
    MILLRACE_TRY(auto input, push(std::move(moved), first_input(original), below->inputs[0]));
    return keep(std::move(stay), with_inputs(below, {std::move(input)}));
  }

  static bool reads_only(const expr_ptr& e, std::uint32_t begin, std::uint32_t end) {
    std::vector<std::uint32_t> columns;
    expr::collect_columns(*e, columns);
    return std::all_of(columns.begin(), columns.end(),
                       [&](auto c) { return c >= begin && c < end; });
  }

  static expr_ptr shifted(const expr_ptr& e, std::uint32_t by, std::size_t width) {
    std::vector<std::uint32_t> mapping(width);
    for (std::uint32_t i = 0; i < width; ++i) mapping[i] = i >= by ? i - by : 0;
    return expr::remap_columns(e, mapping);
  }

  result<logical_ptr> through_join(std::vector<expr_ptr> conjuncts, const join_node& join,
                                   const logical_node* original, const logical_ptr& below) {
    const auto left_width = static_cast<std::uint32_t>(below->inputs[0]->columns.size());
    const auto width = static_cast<std::uint32_t>(below->columns.size());
    const bool left_ok = join.kind != join_kind::right && join.kind != join_kind::full;
    const bool right_ok = join.kind == join_kind::inner || join.kind == join_kind::right;
    std::vector<expr_ptr> left, right, into_condition, stay;
    for (const auto& c : conjuncts) {
      if (left_ok && reads_only(c, 0, left_width))
        left.push_back(c);
      else if (right_ok && reads_only(c, left_width, width))
        right.push_back(shifted(c, left_width, width));
      else if (join.kind == join_kind::inner && expr::is_deterministic(*c))
        into_condition.push_back(c);
      else
        stay.push_back(c);
    }
    MILLRACE_TRY(auto l, push(std::move(left), input_of(original, 0), below->inputs[0]));
    MILLRACE_TRY(auto r, push(std::move(right), input_of(original, 1), below->inputs[1]));
    auto copy = std::make_shared<logical_node>(*below);
    copy->inputs = {std::move(l), std::move(r)};
    if (!into_condition.empty()) {
      if (join.condition) into_condition.insert(into_condition.begin(), join.condition);
      MILLRACE_TRY(std::get<join_node>(copy->detail).condition,
                   conjunction(std::move(into_condition)));
    }
    return keep(std::move(stay), copy);
  }

  static const logical_node* input_of(const logical_node* original, std::size_t i) {
    return original && original->inputs.size() > i ? original->inputs[i].get() : nullptr;
  }

  // ON conditions over one side only: below that side, where the join kind allows it.
  result<logical_ptr> push_join_condition(const join_node& join, const logical_ptr& original,
                                          const logical_ptr& node) {
    if (!join.condition) return node;
    const auto left_width = static_cast<std::uint32_t>(node->inputs[0]->columns.size());
    const auto width = left_width + static_cast<std::uint32_t>(node->inputs[1]->columns.size());
    const bool left_ok = join.kind == join_kind::inner || join.kind == join_kind::right ||
                         join.kind == join_kind::semi;
    const bool right_ok = join.kind != join_kind::right && join.kind != join_kind::full;
    std::vector<expr_ptr> conjuncts, left, right, stay;
    expr::split_conjunction(join.condition, conjuncts);
    for (const auto& c : conjuncts) {
      std::vector<std::uint32_t> columns;
      expr::collect_columns(*c, columns);
      if (columns.empty() || !expr::is_deterministic(*c))
        stay.push_back(c);
      else if (left_ok && reads_only(c, 0, left_width))
        left.push_back(c);
      else if (right_ok && reads_only(c, left_width, width))
        right.push_back(shifted(c, left_width, width));
      else
        stay.push_back(c);
    }
    if (left.empty() && right.empty()) return node;
    MILLRACE_TRY(auto l, push(std::move(left), input_of(original.get(), 0), node->inputs[0]));
    MILLRACE_TRY(auto r, push(std::move(right), input_of(original.get(), 1), node->inputs[1]));
    auto copy = std::make_shared<logical_node>(*node);
    copy->inputs = {std::move(l), std::move(r)};
    MILLRACE_TRY(std::get<join_node>(copy->detail).condition, conjunction(std::move(stay)));
    return logical_ptr(copy);
  }

  result<logical_ptr> through_union(std::vector<expr_ptr> conjuncts, const logical_node* original,
                                    const logical_ptr& below) {
    if (std::get<set_node>(below->detail).kind != set_kind::union_all)
      return keep(std::move(conjuncts), below);
    std::vector<logical_ptr> inputs;
    for (std::size_t i = 0; i < below->inputs.size(); ++i) {
      MILLRACE_TRY(auto input, push(conjuncts, input_of(original, i), below->inputs[i]));
      inputs.push_back(std::move(input));
    }
    return with_inputs(below, std::move(inputs));
  }

  // Nodes that give their input's columns first: conditions on those that cannot change the rest
  // may pass.
  result<logical_ptr> through_prefix(std::vector<expr_ptr> conjuncts, const logical_node* original,
                                     const logical_ptr& below) {
    std::vector<expr_ptr> moved, stay;
    for (const auto& c : conjuncts) (may_pass(c, *below) ? moved : stay).push_back(c);
    if (moved.empty()) return keep(std::move(stay), below);
    if (const auto* aggregate = std::get_if<aggregate_node>(&below->detail))
      for (auto& c : moved) c = expr::remap_columns(c, aggregate->groups);
    auto inputs = below->inputs;
    MILLRACE_TRY(inputs[0], push(std::move(moved), first_input(original), inputs[0]));
    return keep(std::move(stay), with_inputs(below, std::move(inputs)));
  }

  static bool subset(const expr_ptr& e, const std::vector<std::uint32_t>& allowed) {
    std::vector<std::uint32_t> columns;
    expr::collect_columns(*e, columns);
    return !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](auto c) {
      return std::find(allowed.begin(), allowed.end(), c) != allowed.end();
    });
  }

  static bool may_pass(const expr_ptr& c, const logical_node& below) {
    if (!expr::is_deterministic(*c)) return false;
    if (const auto* w = std::get_if<window_function_node>(&below.detail)) {
      if (w->window.kind == window_kind::session) return subset(c, w->partition);
      return reads_only(c, 0, static_cast<std::uint32_t>(below.inputs[0]->columns.size()));
    }
    if (std::holds_alternative<correlate_node>(below.detail) ||
        std::holds_alternative<temporal_join_node>(below.detail))
      return reads_only(c, 0, static_cast<std::uint32_t>(below.inputs[0]->columns.size()));
    if (const auto* over = std::get_if<over_node>(&below.detail)) return subset(c, over->partition);
    if (const auto* a = std::get_if<aggregate_node>(&below.detail)) {
      if (a->groups.empty() || a->sets.size() > 1) return false;
      std::vector<std::uint32_t> columns;
      expr::collect_columns(*c, columns);
      return !columns.empty() && columns.back() < a->groups.size();
    }
    return false;
  }

  reader_counts readers_;
};

}  // namespace

result<std::vector<logical_ptr>> push_filters(const std::vector<logical_ptr>& roots,
                                              const option_map&) {
  filter_pusher pusher(count_readers(roots));
  std::unordered_map<const logical_node*, logical_ptr> made;
  for (const auto& node : topological_order(roots)) {
    std::vector<logical_ptr> inputs;
    for (const auto& input : node->inputs) inputs.push_back(made.at(input.get()));
    MILLRACE_TRY(made[node.get()], pusher.change(node, with_inputs(node, std::move(inputs))));
  }
  std::vector<logical_ptr> out;
  for (const auto& root : roots) out.push_back(made.at(root.get()));
  return out;
}

}  // namespace millrace::plan
