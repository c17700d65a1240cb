#include "core/expr/registry.hpp"
#include "core/sql/bind/outer_values.hpp"
#include "core/sql/bind/select_planner.hpp"

namespace millrace::sql {

using expr::expr_kind;
using expr::expr_ptr;

namespace {

// The other side of `own = column`, where that is a column of the block of the same type.
expr_ptr equal_column(const expr_ptr& condition, const expr_ptr& column) {
  if (condition->kind != expr_kind::call || condition->function != "=") return nullptr;
  for (std::size_t side : {0, 1}) {
    const auto& own = condition->arguments[1 - side];
    if (condition->arguments[side]->column == column->column &&
        condition->arguments[side]->kind == expr_kind::column && own->kind == expr_kind::column &&
        own->column < pending_base && own->type.as_nullable() == column->type.as_nullable())
      return own;
  }
  return nullptr;
}

// `own = outer column`: may be tested while the outer values are joined.
bool is_plain_equality(const expr_ptr& condition) {
  if (inner_key(condition) == nullptr) return false;
  for (const auto& side : condition->arguments)
    if (side->kind == expr_kind::column && side->column >= outer_base) return true;
  return false;
}

}  // namespace

plan::logical_ptr select_planner::plan_with(std::uint32_t column) const {
  return column < input_.node->columns.size() ? input_.node : node_;
}

// Outer columns that WHERE compares by equality go along, so that few rows meet in the join.
result<expr_ptr> select_planner::import_outer(const expr_ptr& column) {
  for (const auto& known : imports_)
    if (known.outer == column->column) return column_of(*node_, known.own);
  bound_query block;
  for (const auto& condition : correlation_) {
    if (auto own = equal_column(condition, column)) return own;
    if (is_plain_equality(condition)) block.correlation.push_back(condition);
  }
  auto columns = outer_columns_of(block.correlation);
  columns.push_back(column);
  block.node = node_;
  MILLRACE_TRY(block, joined_with_outer_values(std::move(block), columns,
                                               sql::plan_with(*scope_.outer, columns), {}));
  node_ = std::move(block.node);
  imports_.push_back({column->column, static_cast<std::uint32_t>(node_->columns.size() - 1)});
  correlation_.push_back(std::move(block.correlation.back()));
  return column_of(*node_, imports_.back().own);
}

// Conditions of an aggregating sub-query that are not `own = outer` are tested against the distinct
// values of the outer columns they read.
result<void> select_planner::join_outer_values() {
  bound_query block;
  block.node = node_;
  block.correlation = std::move(correlation_);
  const auto columns = outer_columns_of(block.correlation);
  MILLRACE_TRY(block, joined_with_outer_values(std::move(block), columns,
                                               sql::plan_with(*scope_.outer, columns), {}));
  node_ = std::move(block.node);
  correlation_ = std::move(block.correlation);
  return {};
}

}  // namespace millrace::sql
