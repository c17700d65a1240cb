#include "core/expr/registry.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/nodes.hpp"
#include "core/sql/bind/outer_values.hpp"
#include "core/sql/bind/query_binder.hpp"

namespace millrace::sql {

using expr::expr_ptr;
using plan::logical_ptr;

namespace {

std::string_view name_of(set_operator op) {
  switch (op) {
    case set_operator::union_: return "UNION";
    case set_operator::intersect: return "INTERSECT";
    case set_operator::except: return "EXCEPT";
  }
  return "UNION";
}

// The types of the columns of VALUES and of set operations: what values of all inputs go into.
result<data::data_type> unified(const std::vector<data::data_type>& types, text_position at,
                                std::string_view what, std::size_t column) {
  auto common = expr::common_type(types);
  if (common.ok()) return common;
  std::string list;
  for (const auto& t : types) list += (list.empty() ? "" : " and ") + data::to_text(t);
  return make_error(errc::sql_type_mismatch, at,
                    "column " + std::to_string(column + 1) + " of " + std::string(what) +
                        " has no common type: " + list,
                    "CAST one of them");
}

result<logical_ptr> cast_columns(logical_ptr input, const std::vector<data::data_type>& types,
                                 const std::vector<std::string>& names) {
  std::vector<expr_ptr> expressions;
  bool same = true;
  for (std::uint32_t i = 0; i < types.size(); ++i) {
    auto column = column_of(*input, i);
    MILLRACE_TRY(auto value, expr::make_cast(column, types[i]));
    same &= value == column;
    expressions.push_back(std::move(value));
  }
  if (same) return input;
  return make_project(std::move(expressions), names, std::move(input));
}

// Makes the outer columns that either side reads columns of both, behind the visible ones: rows of
// different outer rows must not meet.
result<std::vector<expr_ptr>> share_outer_values(bound_query& left, bound_query& right,
                                                 const name_scope* outer, text_position at) {
  auto all = left.correlation;
  all.insert(all.end(), right.correlation.begin(), right.correlation.end());
  auto columns = outer_columns_of(all);
  if (columns.empty()) return columns;
  for (auto* side : {&left, &right}) {
    if (!side->empty_row.empty() && !side->correlation.empty())
      return make_error(errc::sql_not_supported, at,
                        "a set operation over a correlated aggregate without GROUP BY",
                        "give the aggregate a GROUP BY");
    const auto first = static_cast<std::uint32_t>(side->node->columns.size());
    MILLRACE_TRY(
        *side, joined_with_outer_values(std::move(*side), columns, plan_with(*outer, columns), {}));
    std::vector<expr_ptr> kept;
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < side->node->columns.size(); ++i) {
      if (i >= side->visible && i < first) continue;
      kept.push_back(column_of(*side->node, i));
      names.push_back(side->node->columns[i].name);
    }
    side->node = make_project(std::move(kept), names, side->node);
  }
  return columns;
}

}  // namespace

result<bound_query> query_binder::bind_set(const query& q, const set_operation& set,
                                           const name_scope* outer) {
  MILLRACE_TRY(auto left, bind(*set.left, outer));
  MILLRACE_TRY(auto right, bind(*set.right, outer));
  const auto what = name_of(set.op);
  if (left.visible != right.visible)
    return make_error(errc::sql_type_mismatch, q.at,
                      std::string(what) + " of queries with " + std::to_string(left.visible) +
                          " and " + std::to_string(right.visible) + " columns",
                      "both sides need the same number of columns");
  MILLRACE_TRY(const auto shared, share_outer_values(left, right, outer, q.at));
  std::vector<data::data_type> types;
  std::vector<std::string> names;
  std::vector<plan::logical_column> columns;
  for (std::size_t i = 0; i < left.visible + shared.size(); ++i) {
    const auto& a = left.node->columns[i];
    const auto& b = right.node->columns[i];
    MILLRACE_TRY(auto type, unified({a.type, b.type}, q.at, what, i));
    type = type.as_nullable(a.type.nullable() || b.type.nullable());
    const auto time = a.time == b.time && set.op == set_operator::union_ && set.all
                          ? a.time
                          : plan::time_attribute::none;
    columns.push_back({a.name, type, time});
    names.push_back(a.name);
    types.push_back(std::move(type));
  }
  MILLRACE_TRY(auto first, cast_columns(left.node, types, names));
  MILLRACE_TRY(auto second, cast_columns(right.node, types, names));
  plan::set_node node;
  node.kind = set.op == set_operator::union_      ? plan::set_kind::union_all
              : set.op == set_operator::intersect ? plan::set_kind::intersect
                                                  : plan::set_kind::except;
  node.all = set.all || set.op == set_operator::union_;
  bound_query out;
  out.node = make_node(node, {std::move(first), std::move(second)}, std::move(columns));
  if (set.op == set_operator::union_ && !set.all) out.node = make_distinct(out.node);
  out.visible = left.visible;
  for (std::uint32_t i = 0; i < shared.size(); ++i) {
    MILLRACE_TRY(auto same, expr::make_call("IS NOT DISTINCT FROM",
                                            {column_of(*out.node, out.visible + i), shared[i]}));
    out.correlation.push_back(std::move(same));
  }
  return out;
}

namespace {

const std::vector<expression>* row_items(const expression& row) {
  const auto* values = row.get_if<row_constructor>();
  return values ? &values->items : nullptr;
}

}  // namespace

result<bound_query> query_binder::bind_values(const values_block& values, const name_scope* outer) {
  const relation nothing{make_node(plan::values_node{}, {}, {}), {}, {}};
  const name_scope scope{&nothing, outer};
  expression_binder binder(*this, scope, "VALUES");
  plan::values_node node;
  for (const auto& row : values.rows) {
    std::vector<expr_ptr> bound;
    if (const auto* items = row_items(row)) {
      MILLRACE_TRY(bound, binder.bind_all(*items));
    } else {
      MILLRACE_TRY(auto single, binder.bind(row));
      bound.push_back(std::move(single));
    }
    for (const auto& e : bound)
      if (reads_from(*e, pending_base))
        return make_error(errc::sql_not_supported, row.at,
                          "VALUES may not use columns of the query around it");
    if (!node.rows.empty() && node.rows[0].size() != bound.size())
      return make_error(errc::sql_type_mismatch, row.at,
                        "this row has " + std::to_string(bound.size()) +
                            " values, the first one has " + std::to_string(node.rows[0].size()));
    node.rows.push_back(std::move(bound));
  }
  std::vector<plan::logical_column> columns;
  for (std::size_t i = 0; i < node.rows[0].size(); ++i) {
    std::vector<data::data_type> types;
    bool nullable = false;
    for (const auto& row : node.rows) {
      types.push_back(row[i]->type);
      nullable |= row[i]->type.nullable();
    }
    MILLRACE_TRY(auto type, unified(types, values.rows[0].at, "VALUES", i));
    for (auto& row : node.rows) {
      MILLRACE_TRY(row[i], expr::make_cast(row[i], type));
    }
    columns.push_back({"EXPR$" + std::to_string(i), type.as_nullable(nullable), {}});
  }
  bound_query out;
  out.visible = static_cast<std::uint32_t>(columns.size());
  out.node = make_node(std::move(node), {}, std::move(columns));
  return out;
}

}  // namespace millrace::sql
