#include "core/sql/bind/select_planner.hpp"

#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/clause_binder.hpp"
#include "core/sql/bind/correlated_rows.hpp"
#include "core/sql/bind/from.hpp"
#include "core/sql/bind/hints.hpp"
#include "core/sql/bind/outer_values.hpp"
#include "core/sql/bind/tree_search.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_ptr;
using plan::logical_ptr;

select_planner::select_planner(query_binder& queries, const select_block& block,
                               const std::vector<order_item>& order_by, const name_scope* outer)
    : queries_(queries), block_(block), order_by_(order_by) {
  scope_.outer = outer;
  scope_.block = this;
}

select_planner::~select_planner() = default;

result<bound_query> select_planner::run() {
  MILLRACE_CHECK(bind_from());
  MILLRACE_CHECK(bind_where());
  MILLRACE_CHECK(bind_groups());
  MILLRACE_CHECK(bind_items());
  MILLRACE_CHECK(bind_conditions());
  MILLRACE_CHECK(bind_order());
  grouped_ = block_.group_by.has_value() || !state_.aggregates.empty() || !having_.empty();
  const auto same = [](const expr_ptr&) -> result<expr_ptr> { return expr_ptr(); };
  MILLRACE_CHECK(join_subqueries(grouped_, same));
  if (grouped_) MILLRACE_CHECK(aggregate());
  for (const auto& condition : having_) node_ = make_filter(condition, node_);
  MILLRACE_CHECK(plan_overs());
  for (const auto& condition : qualify_) node_ = make_filter(condition, node_);
  return finish();
}

namespace {

// Names of tables have to differ: `t JOIN t` could mean either side by `t.x`.
result<void> check_aliases(const relation& input, const select_block& block) {
  for (auto table = input.tables.begin(); table != input.tables.end(); ++table) {
    const bool twice = !table->alias.empty() &&
                       std::any_of(input.tables.begin(), table, [&](const scope_table& other) {
                         return other.alias == table->alias;
                       });
    if (twice)
      return make_error(errc::sql_duplicate_name, block.from->at,
                        "FROM names two tables '" + table->alias + "'",
                        "give one of them an alias");
  }
  return {};
}

}  // namespace

result<void> select_planner::bind_from() {
  if (block_.from) {
    MILLRACE_TRY(input_, sql::bind_from(queries_, *block_.from, scope_.outer));
  } else {
    plan::values_node one_row;
    one_row.rows.push_back({expr::make_literal(expr::int_literal(0))});
    const data::data_type integer(data::type_id::integer, false);
    input_.node = make_node(std::move(one_row), {}, {{"ZERO", integer, {}}});
  }
  MILLRACE_CHECK(check_aliases(input_, block_));
  MILLRACE_CHECK(check_hints(block_.hints, input_));
  input_.node = with_state_ttl(block_.hints, input_);
  node_ = input_.node;
  correlation_ = input_.correlation;
  scope_.input = &input_;
  return {};
}

result<void> select_planner::bind_where() {
  if (!block_.where) return {};
  std::vector<const expression*> conjuncts;
  split_conjuncts(*block_.where, conjuncts);
  // Sub-queries come last: what they need of the query around may be equal to a column of this one.
  if (scope_.outer != nullptr)
    std::ranges::stable_partition(conjuncts, [](const auto* e) { return !has_query(*e); });
  for (const auto* conjunct : conjuncts) MILLRACE_CHECK(bind_conjunct(*conjunct));
  return {};
}

result<void> select_planner::bind_conjunct(const expression& e) {
  if (names_window_alias(e)) {
    conjuncts_for_qualify_.push_back(&e);
    return {};
  }
  MILLRACE_TRY(const bool done, bind_subquery_conjunct(e, false));
  return done ? result<void>() : bind_plain_conjunct(e);
}

// A condition on the alias of a window function (`ROW_NUMBER() OVER (..) AS n .. WHERE n <= 1`)
// cannot mean a column, so it is taken as QUALIFY.
bool select_planner::names_window_alias(const expression& e) const {
  for (const auto* id : identifiers_in(e)) {
    if (id->parts.size() != 1) continue;
    const auto own = find_column(input_, id->parts);
    if (!own.ok() || own->has_value()) continue;
    for (const auto& item : block_.items)
      if (item.alias && item.alias->text == id->parts[0].text && has_over(item.value)) return true;
  }
  return false;
}

result<void> select_planner::bind_plain_conjunct(const expression& e) {
  block_state state;
  const std::map<std::string, expr_ptr> no_aliases;
  clause_binder binder(queries_, scope_, "WHERE", {}, block_, state, no_aliases);
  MILLRACE_TRY(auto condition, binder.bind_condition(e));
  std::vector<expr_ptr> values;
  for (const auto& sub : state.subqueries) {
    MILLRACE_TRY(auto joined, attach(node_, sub, [](const expr_ptr&) -> result<expr_ptr> {
                   return expr_ptr();
                 }));
    node_ = std::move(joined.node);
    values.push_back(std::move(joined.value));
  }
  MILLRACE_TRY(condition, resolved(condition, pending_kind::subquery, values));
  if (reads_from(*condition, outer_base)) {
    correlation_.push_back(std::move(condition));
    return {};
  }
  node_ = make_filter(std::move(condition), node_);
  return {};
}

// Sub-queries of the other clauses are joined to the input, or, where they stand outside of the
// aggregates of a grouped block, to its groups.
result<void> select_planner::join_subqueries(
    bool inside_aggregates_only, const std::function<result<expr_ptr>(const expr_ptr&)>& outer) {
  std::vector<expr_ptr> values;
  for (std::size_t i = 0; i < state_.subqueries.size(); ++i) {
    auto& sub = state_.subqueries[i];
    if (!sub.query.node || (inside_aggregates_only && !sub.inside_aggregate)) {
      values.push_back(expr::make_column(pending_index(pending_kind::subquery, i), {}));
      continue;
    }
    MILLRACE_TRY(auto joined, attach(node_, sub, outer));
    node_ = std::move(joined.node);
    values.push_back(std::move(joined.value));
    sub.query.node = nullptr;
  }
  if (values.empty()) return {};
  const auto joined_value = [&](const expr_ptr& e) -> result<expr_ptr> {
    return rewrite(e, [&](const expr_ptr& part) -> result<expr_ptr> {
      if (part->kind != expr::expr_kind::column) return expr_ptr();
      const auto number = pending_number(pending_kind::subquery, part->column);
      if (number < 0) return expr_ptr();
      const auto& value = values[static_cast<std::size_t>(number)];
      return value->column == part->column ? part : value;
    });
  };
  for (auto& call : state_.aggregates) {
    for (auto& a : call.arguments) {
      MILLRACE_TRY(a, joined_value(a));
    }
    if (!call.filter) continue;
    MILLRACE_TRY(call.filter, joined_value(call.filter));
  }
  for (auto& g : groups_) {
    MILLRACE_TRY(g, joined_value(g));
  }
  return rewrite_all(
      [&](const expr_ptr& e, const expression*) -> result<expr_ptr> { return joined_value(e); });
}

result<void> select_planner::rewrite_all(
    const std::function<result<expr_ptr>(const expr_ptr&, const expression*)>& change) {
  for (auto& i : items_) {
    MILLRACE_TRY(i.value, change(i.value, i.source));
  }
  for (auto& c : having_) {
    MILLRACE_TRY(c, change(c, block_.having.get()));
  }
  for (auto& c : qualify_) {
    MILLRACE_TRY(c, change(c, block_.qualify.get()));
  }
  for (std::size_t i = 0; i < order_.size(); ++i) {
    MILLRACE_TRY(order_[i].value, change(order_[i].value, &order_by_[i].value));
  }
  for (auto& call : state_.overs) {
    for (auto* parts : {&call.arguments, &call.partition})
      for (auto& e : *parts) {
        MILLRACE_TRY(e, change(e, nullptr));
      }
    for (auto& key : call.order) {
      MILLRACE_TRY(key.value, change(key.value, nullptr));
    }
  }
  return {};
}

// The projection of SELECT, with hidden columns behind it for correlation and ORDER BY.
result<bound_query> select_planner::finish() {
  std::vector<expr_ptr> columns;
  std::vector<std::string> names;
  bound_query out;
  for (const auto& i : items_) {
    columns.push_back(i.value);
    names.push_back(i.name);
    out.origins.push_back(i.origin);
  }
  out.visible = static_cast<std::uint32_t>(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (reads_from(*columns[i], pending_base))
      return make_error(errc::sql_not_supported,
                        items_[i].source ? items_[i].source->at : text_position{},
                        "a column of the query around cannot be selected in a sub-query",
                        "use it in WHERE of the sub-query only");
  const auto hidden = [&](const expr_ptr& e) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (expr::equal(*columns[i], *e)) return static_cast<std::uint32_t>(i);
    columns.push_back(e);
    names.push_back("$h" + std::to_string(columns.size()));
    return static_cast<std::uint32_t>(columns.size() - 1);
  };
  for (const auto& condition : correlation_) {
    MILLRACE_TRY(auto moved, rewrite(condition, [&](const expr_ptr& part) -> result<expr_ptr> {
                   if (part->kind != expr::expr_kind::column || part->column >= pending_base)
                     return expr_ptr();
                   return expr::make_column(hidden(part), part->type);
                 }));
    out.correlation.push_back(std::move(moved));
  }
  const auto correlated_end = columns.size();
  for (const auto& key : order_)
    sort_keys_.push_back({hidden(key.value), key.descending, key.nulls_first});
  if (block_.distinct && columns.size() > correlated_end)
    return make_error(errc::sql_bad_argument, order_by_.front().value.at,
                      "ORDER BY of SELECT DISTINCT takes only what SELECT has");
  out.node = make_project(std::move(columns), names, node_);
  if (block_.distinct) out.node = make_distinct(out.node);
  out.empty_row = std::move(empty_row_);
  return out;
}

result<bound_query> select_planner::limited(bound_query input, const query& q) const {
  plan::sort_node node;
  node.keys = sort_keys_;
  if (q.limit) {
    MILLRACE_TRY(node.limit, constant_count(*q.limit, "LIMIT"));
  }
  if (q.offset) {
    MILLRACE_TRY(node.offset, constant_count(*q.offset, "OFFSET"));
  }
  if (!input.correlation.empty()) {
    if (node.limit && !correlated_by_equality(input)) {
      const auto outer = outer_columns_of(input.correlation);
      MILLRACE_TRY(input, joined_with_outer_values(std::move(input), outer,
                                                   sql::plan_with(*scope_.outer, outer), {}));
    }
    return limited_per_key(std::move(input), node, q.at);
  }
  auto columns = input.node->columns;
  input.node = make_node(std::move(node), {input.node}, std::move(columns));
  input.node = keep_columns(input.node, input.visible);
  return input;
}

}  // namespace millrace::sql
