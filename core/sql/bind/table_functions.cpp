#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/from.hpp"
#include "core/sql/bind/nodes.hpp"

#include <algorithm>
#include <cctype>

namespace millrace::sql {

using expr::expr_ptr;

namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

struct table_call {
  std::string function;
  text_position at;
  std::vector<expr_ptr> arguments;
};

result<table_call> bind_unnest(const unnest& u, text_position at, expression_binder& binder) {
  table_call out{u.with_ordinality ? "UNNEST_WITH_ORDINALITY" : "UNNEST", at, {}};
  MILLRACE_TRY(out.arguments, binder.bind_all(u.collections));
  return out;
}

result<table_call> bind_table_call(query_binder& queries, const expression& e,
                                   expression_binder& binder) {
  const auto* call = e.get_if<function_call>();
  if (call == nullptr)
    return make_error(errc::sql_bad_argument, e.at, "TABLE(...) needs a function call");
  table_call out{upper(call->function.back().text), e.at, {}};
  if (expr::find_table_function(out.function) == nullptr || call->function.size() > 1) {
    const auto* user = queries.find_function(call->function);
    if (user == nullptr) {
      std::vector<std::string> known;
      for (const auto* f : expr::all_table_functions()) known.emplace_back(f->name);
      return make_error(errc::sql_unknown_function, e.at,
                        "no table function '" + call->function.back().text + "'",
                        hint_for(out.function, known));
    }
    out.function = user->builtin;
  }
  for (const auto& a : call->arguments) {
    MILLRACE_TRY(auto bound, binder.bind(a.value));
    out.arguments.push_back(std::move(bound));
  }
  return out;
}

result<expr::table_overload> resolve(table_call& call) {
  const auto* function = expr::find_table_function(call.function);
  if (function == nullptr)
    return make_error(errc::sql_bad_argument, call.at, call.function + " is no table function");
  std::vector<data::data_type> types;
  std::vector<data::column_ptr> literals;
  for (const auto& a : call.arguments) {
    types.push_back(a->type);
    literals.push_back(a->kind == expr::expr_kind::literal ? a->literal : nullptr);
  }
  MILLRACE_TRY(auto overload,
               placed(function->resolve({call.function, types, literals, nullptr}), call.at));
  for (std::size_t i = 0; i < call.arguments.size() && i < overload.argument_types.size(); ++i) {
    MILLRACE_TRY(call.arguments[i],
                 placed(expr::make_cast(call.arguments[i], overload.argument_types[i]), call.at));
  }
  return overload;
}

bool is_null_literal(const expr::bound_expr& e) {
  return e.kind == expr::expr_kind::literal && e.literal->is_null(0);
}

}  // namespace

result<relation> bind_correlate(query_binder& queries, relation left, const table_ref& right,
                                bool outer_join, const name_scope* outer) {
  const name_scope scope{&left, outer};
  expression_binder binder(queries, scope, "a table function's arguments");
  table_call call;
  if (const auto* u = right.get_if<unnest>()) {
    MILLRACE_TRY(call, bind_unnest(*u, right.at, binder));
  } else {
    MILLRACE_TRY(call, bind_table_call(queries, right.as<table_function>().call, binder));
  }
  MILLRACE_TRY(auto overload, resolve(call));
  for (const auto& a : call.arguments)
    if (reads_from(*a, pending_base))
      return make_error(errc::sql_not_supported, call.at,
                        "a table function may not use columns of the query around its own");
  std::vector<plan::logical_column> own;
  for (const auto& f : overload.result_fields)
    own.push_back({f.name, outer_join ? f.type.as_nullable() : f.type, {}});
  auto columns = left.node->columns;
  columns.insert(columns.end(), own.begin(), own.end());
  const auto fields = make_node(plan::values_node{}, {}, std::move(own));
  MILLRACE_TRY(const auto named, aliased(make_relation(fields), right));
  auto node = make_node(plan::correlate_node{call.function, std::move(overload),
                                             std::move(call.arguments), outer_join},
                        {left.node}, std::move(columns));
  return combined(left, named, std::move(node));
}

// The sub-query is bound with the left columns as its outer ones; what it used of them becomes the
// join's condition.
result<relation> bind_lateral_query(query_binder& queries, relation left, const table_ref& right,
                                    bool outer_join, const expression* on,
                                    const name_scope* outer) {
  const name_scope inside{&left, outer};
  MILLRACE_TRY(auto sub, queries.bind(*right.as<derived_table>().subquery, &inside));
  const auto width = static_cast<std::uint32_t>(left.node->columns.size());
  std::vector<expr_ptr> conditions;
  for (const auto& c : sub.correlation) {
    MILLRACE_TRY(auto moved, rewrite(c, [&](const expr_ptr& part) -> result<expr_ptr> {
                   if (part->kind != expr::expr_kind::column) return expr_ptr();
                   const auto column = part->column >= outer_base ? part->column - outer_base
                                                                  : part->column + width;
                   return expr::make_column(column, part->type);
                 }));
    conditions.push_back(std::move(moved));
  }
  // An aggregate without GROUP BY gives a row for every left row, also where nothing matches. As
  // the right side of a LEFT JOIN that row is all NULL in Flink, its counts too.
  const bool always = !outer_join && !sub.empty_row.empty() && !sub.correlation.empty();
  auto node = sub.node;
  const auto marker = static_cast<std::uint32_t>(node->columns.size());
  if (always) node = with_more_columns(node, {expr::make_literal(expr::boolean_literal(true))});
  MILLRACE_TRY(auto condition, conjunction(conditions));
  const auto kind = outer_join || always ? plan::join_kind::left : plan::join_kind::inner;
  auto joined = make_join(kind, std::move(condition), left.node, node);
  std::vector<expr_ptr> columns;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < width + sub.visible; ++i) {
    auto value = column_of(*joined, i);
    if (always && i >= width && !is_null_literal(*sub.empty_row[i - width])) {
      MILLRACE_TRY(auto found,
                   expr::make_call("IS NOT NULL", {column_of(*joined, width + marker)}));
      MILLRACE_TRY(value, expr::make_call("CASE", {found, value, sub.empty_row[i - width]}));
    }
    columns.push_back(std::move(value));
    names.push_back(joined->columns[i].name);
  }
  joined = make_project(std::move(columns), names, joined);
  MILLRACE_TRY(const auto named,
               aliased(make_relation(keep_columns(sub.node, sub.visible)), right));
  auto out = combined(left, named, joined);
  const auto* truth = on ? on->get_if<literal>() : nullptr;
  if (on == nullptr || (truth && truth->text == "TRUE")) return out;
  if (outer_join)
    return make_error(errc::sql_bad_join, on->at, "LEFT JOIN LATERAL takes only ON TRUE",
                      "put the condition into WHERE of the sub-query");
  const name_scope scope{&out, outer};
  expression_binder binder(queries, scope, "ON");
  MILLRACE_TRY(auto extra, binder.bind_condition(*on));
  out.node = make_filter(std::move(extra), out.node);
  return out;
}

}  // namespace millrace::sql
