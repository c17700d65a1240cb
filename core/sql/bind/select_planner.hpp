#pragma once

#include "core/sql/bind/block_state.hpp"
#include "core/sql/bind/query_binder.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::sql {

class clause_binder;

/// Binds one SELECT block in the order in which its clauses work: FROM, WHERE, the expressions of
/// all other clauses, then GROUP BY and aggregates, HAVING, OVER, QUALIFY, SELECT, DISTINCT, ORDER
/// BY. Made for one block, used once.
class select_planner : private enclosing_block {
 public:
  select_planner(query_binder& queries, const select_block& block,
                 const std::vector<order_item>& order_by, const name_scope* outer);
  ~select_planner() override;
  select_planner(const select_planner&) = delete;
  select_planner& operator=(const select_planner&) = delete;

  /// The block without its ORDER BY; columns to sort by that SELECT does not have are hidden ones.
  [[nodiscard]] result<bound_query> run();
  [[nodiscard]] const std::vector<plan::sort_key>& sort_keys() const { return sort_keys_; }
  /// The result of `run` sorted and cut by LIMIT and OFFSET, without hidden columns.
  [[nodiscard]] result<bound_query> limited(bound_query input, const query& q) const;

 private:
  struct output_item {
    expr::expr_ptr value;
    std::string name;
    std::string origin;
    const expression* source = nullptr;  ///< for the place of errors
  };

  // select_planner.cpp: FROM, WHERE and the end
  result<void> bind_from();
  result<void> bind_where();
  result<void> bind_conjunct(const expression& e);
  result<void> bind_plain_conjunct(const expression& e);
  [[nodiscard]] bool names_window_alias(const expression& e) const;
  result<bound_query> finish();
  result<bound_query> finish_limited_columns(std::vector<expr::expr_ptr> columns,
                                             std::vector<std::string> names);
  result<void> join_subqueries(
      bool inside_aggregates_only,
      const std::function<result<expr::expr_ptr>(const expr::expr_ptr&)>& outer);
  result<void> rewrite_all(const std::function<result<expr::expr_ptr>(const expr::expr_ptr&,
                                                                      const expression*)>& change);

  // where_subqueries.cpp
  result<bool> bind_subquery_conjunct(const expression& e, bool negated);
  result<void> bind_in_conjunct(const expression& value, const query& q, text_position at,
                                bool negated);
  result<void> bind_quantified_conjunct(const quantified_comparison& e, text_position at);
  result<void> bind_exists_conjunct(const query& q, bool negated);

  // outer_imports.cpp
  result<expr::expr_ptr> import_outer(const expr::expr_ptr& column) override;
  [[nodiscard]] plan::logical_ptr plan_with(std::uint32_t column) const override;
  result<void> join_outer_values();

  // select_items.cpp
  result<void> bind_items();
  result<void> bind_star(const star& s, text_position at);
  result<void> add_table(const scope_table& table);
  result<void> add_row_fields(const expr::expr_ptr& row, text_position at);
  result<void> bind_conditions();
  result<void> bind_order();

  // grouping.cpp
  result<void> bind_groups();
  result<std::uint32_t> add_group(const expression& e);
  result<std::vector<std::vector<std::uint32_t>>> sets_of(const group_item& item);
  result<void> aggregate();
  result<void> plan_groups(column_list& columns, std::vector<std::uint32_t>& groups);
  result<void> correlated_groups();
  std::vector<plan::aggregate_call> plan_calls(column_list& columns) const;
  void plan_plain_aggregate(column_list& columns, std::vector<std::uint32_t> groups,
                            std::vector<plan::aggregate_call> calls);
  void plan_window_aggregate(column_list& columns, std::vector<std::uint32_t> groups,
                             std::vector<plan::aggregate_call> calls);
  result<expr::expr_ptr> over_groups(const expr::expr_ptr& e, const expression* source) const;
  result<expr::expr_ptr> grouped_column(const expr::bound_expr& column,
                                        const expression* source) const;
  result<expr::expr_ptr> group_id() const;
  result<expr::expr_ptr> grouping_value(const pending_grouping& g) const;
  [[nodiscard]] std::int64_t grouping_id(const std::vector<std::uint32_t>& set) const;
  result<void> note_empty_row();

  // over_stage.cpp
  result<void> partition_by_outer_values();
  result<void> plan_overs();
  result<void> plan_over_group(const std::vector<std::size_t>& calls,
                               std::vector<expr::expr_ptr>& values);

  query_binder& queries_;
  const select_block& block_;
  const std::vector<order_item>& order_by_;
  relation input_;
  name_scope scope_;
  plan::logical_ptr node_;
  block_state state_;
  std::unique_ptr<clause_binder> clause_;

  std::vector<output_item> items_;
  std::vector<expr::expr_ptr> groups_;
  std::vector<std::vector<std::uint32_t>> sets_;
  std::size_t visible_groups_ = 0;
  std::vector<const expression*> conjuncts_for_qualify_;
  std::vector<expr::expr_ptr> having_;
  std::vector<expr::expr_ptr> qualify_;
  std::vector<bound_order> order_;
  std::vector<expr::expr_ptr> correlation_;
  struct import {
    std::uint32_t outer;  // the column's index there, with outer_base
    std::uint32_t own;
  };
  std::vector<import> imports_;
  std::vector<expr::expr_ptr> aggregate_values_;
  std::vector<expr::expr_ptr> auxiliary_values_;
  std::vector<expr::expr_ptr> grouping_values_;
  std::vector<expr::expr_ptr> empty_row_;
  std::vector<plan::sort_key> sort_keys_;
  bool grouped_ = false;
  std::uint32_t aggregate_at_ = 0;  // first call's column of the aggregate
};

}  // namespace millrace::sql
