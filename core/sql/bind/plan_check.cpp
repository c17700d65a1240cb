#include "core/sql/bind/plan_check.hpp"

#include <algorithm>
#include <unordered_set>

namespace millrace::sql {
namespace {

using expr::expr_ptr;
using indices = std::vector<std::uint32_t>;

// Collects the columns that a node reads of its inputs taken together. Nodes whose columns were
// found by name (window functions, MATCH_RECOGNIZE, sinks) need no check.
struct columns_read {
  indices& into;

  template <class T>
  void operator()(const T&) const {}
  void operator()(const plan::project_node& n) const { add(n.expressions); }
  void operator()(const plan::filter_node& n) const { add(n.condition); }
  void operator()(const plan::join_node& n) const { add(n.condition); }
  void operator()(const plan::temporal_join_node& n) const { add(n.condition); }
  void operator()(const plan::correlate_node& n) const { add(n.arguments); }
  void operator()(const plan::values_node& n) const {
    for (const auto& row : n.rows) add(row);
  }
  void operator()(const plan::aggregate_node& n) const { add_calls(n.groups, n.calls); }
  void operator()(const plan::group_window_node& n) const { add_calls(n.groups, n.calls); }
  void operator()(const plan::over_node& n) const {
    add(n.partition);
    for (const auto& key : n.order) into.push_back(key.column);
    for (const auto& call : n.calls) add(call.arguments);
  }
  void operator()(const plan::sort_node& n) const {
    for (const auto& key : n.keys) into.push_back(key.column);
  }

  void add(const expr_ptr& e) const {
    if (e) expr::collect_columns(*e, into);
  }
  void add(const std::vector<expr_ptr>& all) const {
    for (const auto& e : all) add(e);
  }
  void add(const indices& columns) const {
    into.insert(into.end(), columns.begin(), columns.end());
  }
  void add_calls(const indices& groups, const std::vector<plan::aggregate_call>& calls) const {
    add(groups);
    for (const auto& call : calls) {
      add(call.arguments);
      if (call.filter) into.push_back(*call.filter);
    }
  }
};

bool reads_only_inputs(const plan::logical_node& node) {
  std::size_t width = 0;
  for (const auto& input : node.inputs) width += input->columns.size();
  indices read;
  std::visit(columns_read{read}, node.detail);
  return std::all_of(read.begin(), read.end(), [&](std::uint32_t c) { return c < width; });
}

}  // namespace

result<void> check_plan(const plan::logical_ptr& root, text_position at) {
  std::unordered_set<const plan::logical_node*> seen;
  std::vector<const plan::logical_node*> open{root.get()};
  while (!open.empty()) {
    const auto* node = open.back();
    open.pop_back();
    if (!seen.insert(node).second) continue;
    if (!reads_only_inputs(*node))
      return make_error(errc::sql_not_supported, at,
                        "a sub-query uses a column of the query around it outside of its WHERE",
                        "compare it in WHERE of the sub-query, or write a join");
    for (const auto& input : node->inputs) open.push_back(input.get());
  }
  return {};
}

}  // namespace millrace::sql
