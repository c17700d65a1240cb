#pragma once

#include "core/sql/bind/block_state.hpp"
#include "core/sql/bind/expression_binder.hpp"

#include <map>
#include <string>

namespace millrace::sql {

/// How names of SELECT's aliases reach a clause.
enum class alias_use : std::uint8_t { none, after_columns, before_columns };

/// What a clause of a SELECT block may hold besides plain expressions.
struct clause_rights {
  bool aggregates = false;
  bool overs = false;
  alias_use aliases = alias_use::none;
  bool behind_where = false;  ///< columns of the query around become the block's own
};

/// Binds expressions of a SELECT block; aggregates, OVER calls, sub-queries and window auxiliaries
/// go to the block's state and leave pending columns.
class clause_binder : public expression_binder {
 public:
  clause_binder(query_binder& queries, const name_scope& scope, std::string_view clause,
                clause_rights rights, const select_block& block, block_state& state,
                const std::map<std::string, expr::expr_ptr>& aliases)
      : expression_binder(queries, scope, clause),
        rights_(rights),
        block_(block),
        state_(state),
        aliases_(aliases) {}

  /// Sort keys with Flink's default for NULLs.
  [[nodiscard]] result<std::vector<bound_order>> bind_order(const std::vector<order_item>& items);

 protected:
  result<expr::expr_ptr> bind_identifier(const identifier& id, text_position at) override;
  result<expr::expr_ptr> bind_aggregate(const std::string& function, const function_call& call,
                                        text_position at) override;
  result<expr::expr_ptr> bind_over(const std::string& function, const function_call& call,
                                   text_position at) override;
  result<expr::expr_ptr> bind_scalar_subquery(const scalar_subquery& e, text_position at) override;
  result<expr::expr_ptr> bind_subquery_predicate(const expression& e) override;
  result<expr::expr_ptr> bind_clause_function(const std::string& function,
                                              const function_call& call, text_position at) override;
  [[nodiscard]] bool imports_outer_columns() const override { return rights_.behind_where; }

 private:
  result<void> bind_aggregate_arguments(const function_call& call, pending_aggregate& into);
  result<window_spec> resolved_window(const window_spec& spec) const;
  result<void> filter_arguments(const std::string& function, const function_call& call,
                                text_position at, pending_over& into);
  result<void> bind_over_arguments(const function_call& call, text_position at, pending_over& into);
  result<void> bind_over_aggregate(const std::string& function, const function_call& call,
                                   text_position at, pending_over& into);
  result<expr::expr_ptr> bind_auxiliary(const std::string& function, const function_call& call,
                                        text_position at);
  result<expr::expr_ptr> bind_grouping(const std::string& function, const function_call& call,
                                       text_position at);
  expr::expr_ptr add_subquery(pending_subquery sub, data::data_type type);

  clause_rights rights_;
  const select_block& block_;
  block_state& state_;
  const std::map<std::string, expr::expr_ptr>& aliases_;
  bool inside_aggregate_ = false;
  bool inside_over_ = false;
};

/// Resolves an aggregate over its arguments: picks the overload, casts the arguments, takes literal
/// arguments behind the first one out as constants. 2013, 2014, 2015.
[[nodiscard]] result<void> resolve_aggregate(const std::string& function, text_position at,
                                             std::vector<expr::expr_ptr>& arguments,
                                             std::vector<expr::expr_ptr>& constants,
                                             expr::aggregate_overload& overload);
/// Frame of OVER: what a stream can do. 2021, 2028.
[[nodiscard]] result<plan::over_frame> bind_frame(const window_spec& spec);
/// TUMBLE(time, size), HOP(time, slide, size), SESSION(time, gap) of GROUP BY; empty when the call
/// is another one. `time` is bound by `binder`. 2021.
[[nodiscard]] result<std::optional<group_window>> bind_group_window(const expression& e,
                                                                    expression_binder& binder);
/// The milliseconds of a constant day-time interval. 2021.
[[nodiscard]] result<std::int64_t> interval_ms(const expr::expr_ptr& e, text_position at,
                                               std::string_view what);

}  // namespace millrace::sql
