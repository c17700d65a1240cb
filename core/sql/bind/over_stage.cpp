#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/outer_values.hpp"
#include "core/sql/bind/select_planner.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_ptr;

namespace {

bool same_all(const std::vector<expr_ptr>& a, const std::vector<expr_ptr>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!expr::equal(*a[i], *b[i])) return false;
  return true;
}

bool same_window(const pending_over& a, const pending_over& b) {
  if (!same_all(a.partition, b.partition) || a.order.size() != b.order.size()) return false;
  for (std::size_t i = 0; i < a.order.size(); ++i) {
    const auto& x = a.order[i];
    const auto& y = b.order[i];
    if (x.descending != y.descending || x.nulls_first != y.nulls_first ||
        !expr::equal(*x.value, *y.value))
      return false;
  }
  return a.frame.rows == b.frame.rows && a.frame.preceding == b.frame.preceding;
}

// The index of an expression among the columns of a node that is being widened.
class widening {
 public:
  explicit widening(plan::logical_ptr node) : node_(std::move(node)) {}

  std::uint32_t column(const expr_ptr& e) {
    if (e->kind == expr::expr_kind::column) return e->column;
    for (std::size_t i = 0; i < more_.size(); ++i)
      if (expr::equal(*more_[i], *e)) return static_cast<std::uint32_t>(node_->columns.size() + i);
    more_.push_back(e);
    return static_cast<std::uint32_t>(node_->columns.size() + more_.size() - 1);
  }
  [[nodiscard]] plan::logical_ptr node() const { return with_more_columns(node_, more_); }

 private:
  plan::logical_ptr node_;
  std::vector<expr_ptr> more_;
};

}  // namespace

// Rows that belong to different rows of the query around do not see each other.
result<void> select_planner::partition_by_outer_values() {
  if (correlation_.empty() || state_.overs.empty()) return {};
  const bool equal = std::ranges::all_of(
      correlation_, [](const expr_ptr& condition) { return inner_key(condition) != nullptr; });
  if (!equal) MILLRACE_CHECK(join_outer_values());
  for (auto& call : state_.overs)
    for (const auto& condition : correlation_) call.partition.push_back(inner_key(condition));
  return {};
}

// One node per distinct window, in the order in which SELECT names them.
result<void> select_planner::plan_overs() {
  MILLRACE_CHECK(partition_by_outer_values());
  std::vector<expr_ptr> values(state_.overs.size());
  std::vector<bool> done(state_.overs.size());
  for (std::size_t i = 0; i < state_.overs.size(); ++i) {
    if (done[i]) continue;
    std::vector<std::size_t> group;
    for (std::size_t j = i; j < state_.overs.size(); ++j)
      if (!done[j] && same_window(state_.overs[i], state_.overs[j])) {
        done[j] = true;
        group.push_back(j);
      }
    MILLRACE_CHECK(plan_over_group(group, values));
  }
  if (values.empty()) return {};
  return rewrite_all([&](const expr_ptr& e, const expression*) {
    return resolved(e, pending_kind::over, values);
  });
}

result<void> select_planner::plan_over_group(const std::vector<std::size_t>& calls,
                                             std::vector<expr_ptr>& values) {
  const auto& first = state_.overs[calls[0]];
  widening wide(node_);
  plan::over_node over;
  over.frame = first.frame;
  for (const auto& e : first.partition) over.partition.push_back(wide.column(e));
  for (const auto& key : first.order)
    over.order.push_back({wide.column(key.value), key.descending, key.nulls_first});
  for (const auto c : calls) {
    const auto& pending = state_.overs[c];
    auto call = pending.call;
    for (const auto& a : pending.arguments) call.arguments.push_back(wide.column(a));
    call.name = "$w" + std::to_string(c);
    over.calls.push_back(std::move(call));
  }
  for (const auto c : over.partition)
    if (c >= pending_base)
      return make_error(errc::sql_not_supported, first.at,
                        "OVER may not use columns of the query around it");
  const auto input = wide.node();
  auto columns = input->columns;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    values[calls[i]] =
        expr::make_column(static_cast<std::uint32_t>(columns.size()), over.calls[i].type);
    columns.push_back({over.calls[i].name, over.calls[i].type, {}});
  }
  node_ = make_node(std::move(over), {input}, std::move(columns));
  return {};
}

}  // namespace millrace::sql
