#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/query_binder.hpp"
#include "core/sql/bind/types.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace millrace::sql {

using expr::expr_ptr;

namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// Functions of windows and clauses that are no scalars, aggregates or table functions.
constexpr std::array clause_functions = {
    std::string_view("TUMBLE"),
    std::string_view("TUMBLE_START"),
    std::string_view("TUMBLE_END"),
    std::string_view("TUMBLE_ROWTIME"),
    std::string_view("TUMBLE_PROCTIME"),
    std::string_view("HOP"),
    std::string_view("HOP_START"),
    std::string_view("HOP_END"),
    std::string_view("HOP_ROWTIME"),
    std::string_view("HOP_PROCTIME"),
    std::string_view("SESSION"),
    std::string_view("SESSION_START"),
    std::string_view("SESSION_END"),
    std::string_view("SESSION_ROWTIME"),
    std::string_view("SESSION_PROCTIME"),
    std::string_view("GROUPING"),
    std::string_view("GROUPING_ID"),
    std::string_view("GROUP_ID"),
    std::string_view("PREV"),
    std::string_view("NEXT"),
    std::string_view("FIRST"),
    std::string_view("LAST"),
    std::string_view("MATCH_ROWTIME"),
    std::string_view("MATCH_PROCTIME"),
    std::string_view("CLASSIFIER"),
    std::string_view("MATCH_NUMBER"),
    std::string_view("CURRENT_DATABASE"),
};
constexpr std::array ranking_functions = {
    std::string_view("ROW_NUMBER"),   std::string_view("RANK"),      std::string_view("DENSE_RANK"),
    std::string_view("PERCENT_RANK"), std::string_view("CUME_DIST"), std::string_view("NTILE"),
    std::string_view("LAG"),          std::string_view("LEAD"),      std::string_view("NTH_VALUE"),
};

template <std::size_t N>
bool one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_builtin(const std::string& name) {
  return expr::find_scalar(name) || expr::find_aggregate(name) || expr::find_table_function(name) ||
         one_of(name, clause_functions) || one_of(name, ranking_functions);
}

std::vector<std::string> all_function_names() {
  std::vector<std::string> names;
  for (const auto* f : expr::all_scalars()) names.emplace_back(f->name);
  for (const auto* f : expr::all_aggregates()) names.emplace_back(f->name);
  return names;
}

}  // namespace

result<std::string> expression_binder::function_name(const function_call& e,
                                                     text_position at) const {
  if (e.function.size() == 1) {
    auto name = upper(e.function[0].text);
    if (is_builtin(name)) return name;
  }
  if (const auto* user = queries_.find_function(e.function)) return user->builtin;
  const auto& name = e.function.back().text;
  const auto near = nearest_name(upper(name), all_function_names());
  return make_error(errc::sql_unknown_function, at, "no function '" + name + "'",
                    near.empty() ? "functions of your own need CREATE FUNCTION first"
                                 : "did you mean '" + near + "'?");
}

result<std::vector<expr_ptr>> expression_binder::bind_arguments(const function_call& e) {
  std::vector<expr_ptr> out;
  for (const auto& a : e.arguments) {
    if (a.parameter)
      return make_error(errc::sql_bad_argument, a.parameter->at,
                        "'" + e.function.back().text + "' takes no named arguments",
                        "pass the values by position");
    if (const auto* unit = a.value.get_if<unit_argument>()) {
      out.push_back(expr::make_literal(expr::string_literal(name_of(unit->unit))));
      continue;
    }
    MILLRACE_TRY(auto bound, bind(a.value));
    out.push_back(std::move(bound));
  }
  return out;
}

result<expr_ptr> expression_binder::bind_call(const function_call& e, text_position at) {
  MILLRACE_TRY(const auto function, function_name(e, at));
  if (e.over) return bind_over(function, e, at);
  if (function == "CURRENT_DATABASE" && e.arguments.empty())
    return expr::make_literal(
        expr::string_literal(queries_.environment().objects.current_database()));
  MILLRACE_TRY(auto special, bind_clause_function(function, e, at));
  if (special) return special;
  if (expr::find_aggregate(function) != nullptr && expr::find_scalar(function) == nullptr)
    return bind_aggregate(function, e, at);
  if (one_of(function, ranking_functions))
    return make_error(errc::sql_bad_window, at, function + " needs OVER (...)");
  if (one_of(function, clause_functions))
    return make_error(errc::sql_bad_argument, at,
                      function + " cannot stand in " + std::string(clause_));
  if (e.filter || e.star || e.quantifier == set_quantifier::distinct || !e.within_group.empty())
    return make_error(errc::sql_bad_aggregate, at, function + " is no aggregate",
                      "DISTINCT, FILTER, WITHIN GROUP and '*' belong to aggregates");
  if (expr::find_scalar(function) == nullptr)
    return make_error(errc::sql_bad_argument, at, function + " gives rows, not a value",
                      "write LATERAL TABLE(" + function + "(...)) in FROM");
  MILLRACE_TRY(auto arguments, bind_arguments(e));
  return call(at, function, std::move(arguments));
}

result<expr_ptr> expression_binder::bind_row(const row_constructor& e, text_position at) {
  MILLRACE_TRY(auto items, bind_all(e.items));
  return call(at, "ROW", std::move(items));
}

result<expr_ptr> expression_binder::bind_case(const case_when& e, text_position at) {
  std::vector<expr_ptr> arguments;
  expr_ptr operand;
  if (e.operand) {
    MILLRACE_TRY(operand, bind(*e.operand));
  }
  for (const auto& branch : e.branches) {
    if (operand) {
      MILLRACE_TRY(auto value, bind(branch.when));
      MILLRACE_TRY(auto same, call(branch.when.at, "=", {operand, std::move(value)}));
      for (const auto& e2 : branch.also) {
        MILLRACE_TRY(auto other, bind(e2));
        MILLRACE_TRY(auto equal, call(e2.at, "=", {operand, std::move(other)}));
        MILLRACE_TRY(same, call(e2.at, "OR", {std::move(same), std::move(equal)}));
      }
      arguments.push_back(std::move(same));
    } else {
      MILLRACE_TRY(auto condition, bind_condition(branch.when));
      arguments.push_back(std::move(condition));
    }
    MILLRACE_TRY(auto then, bind(branch.then));
    arguments.push_back(std::move(then));
  }
  if (e.otherwise) {
    MILLRACE_TRY(auto otherwise, bind(*e.otherwise));
    arguments.push_back(std::move(otherwise));
  } else {
    arguments.push_back(
        expr::make_literal(expr::null_literal(data::data_type(data::type_id::null))));
  }
  return call(at, "CASE", std::move(arguments));
}

result<expr_ptr> expression_binder::bind_cast(const cast& e, text_position at) {
  MILLRACE_TRY(auto value, bind(*e.value));
  MILLRACE_TRY(const auto type, bind_type(e.type));
  const auto& options = queries_.environment().options;
  const auto legacy = options.find("table.exec.legacy-cast-behaviour");
  if (e.try_ ||
      (legacy != options.end() && (legacy->second == "ENABLED" || legacy->second == "enabled")))
    return call(at, "TRY_CAST", {std::move(value)}, &type);
  return placed(expr::make_cast(std::move(value), type), at);
}

result<expr_ptr> expression_binder::bind_trim(const trim_call& e, text_position at) {
  constexpr std::string_view sides[] = {"BOTH", "LEADING", "TRAILING"};
  auto side = expr::make_literal(expr::string_literal(sides[static_cast<std::size_t>(e.side)]));
  auto characters = expr::make_literal(expr::string_literal(" "));
  if (e.characters) {
    MILLRACE_TRY(characters, bind(*e.characters));
  }
  MILLRACE_TRY(auto value, bind(*e.value));
  return call(at, "TRIM", {std::move(side), std::move(characters), std::move(value)});
}

result<expr_ptr> expression_binder::bind_collection(const collection_constructor& e,
                                                    text_position at) {
  if (e.subquery)
    return make_error(errc::sql_not_supported, at,
                      "ARRAY, MAP and MULTISET of a sub-query are not supported",
                      "use ARRAY_AGG in the sub-query");
  constexpr std::string_view names[] = {"ARRAY", "MAP", "MULTISET"};
  MILLRACE_TRY(auto items, bind_all(e.items));
  return call(at, names[static_cast<std::size_t>(e.kind)], std::move(items));
}

result<expr_ptr> expression_binder::bind_element(const element_access& e, text_position at) {
  MILLRACE_TRY(auto base, bind(*e.base));
  MILLRACE_TRY(auto index, bind(*e.index));
  return call(at, "ITEM", {std::move(base), std::move(index)});
}

}  // namespace millrace::sql
