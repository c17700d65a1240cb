#include "core/expr/comparison/value_order.hpp"
#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/expr/resolve.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

scalar_overload special(std::vector<data_type> arguments, data_type type, special_form form) {
  scalar_overload o;
  o.argument_types = std::move(arguments);
  o.result_type = std::move(type);
  o.special = form;
  return o;
}

// CASE: when, then, when, then, ..., else. IF is a CASE of one branch.
result<scalar_overload> resolve_case(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 1 << 20));
  std::vector<data_type> values;
  const std::size_t n = site.types.size();
  for (std::size_t i = 0; i + 1 < n; i += 2) {
    if (!takes_boolean(site.types[i])) return wrong_types(site, "CASE WHEN boolean THEN value END");
    values.push_back(site.types[i + 1]);
  }
  const bool has_else = n % 2 == 1;
  if (has_else) values.push_back(site.types.back());
  MILLRACE_TRY(auto type, common_type(values));
  type = type.as_nullable(!has_else || any_nullable(values));
  std::vector<data_type> arguments;
  for (std::size_t i = 0; i < n; ++i)
    arguments.push_back(i % 2 == 0 && i + 1 < n ? of(type_id::boolean) : type);
  return special(std::move(arguments), std::move(type), special_form::case_when);
}

result<scalar_overload> resolve_if(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 3, 3));
  MILLRACE_TRY(auto o, resolve_case(site));
  o.special = special_form::if_then;
  return o;
}

result<scalar_overload> resolve_coalesce(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1 << 20));
  MILLRACE_TRY(auto type, common_type(site.types));
  bool nullable = true;
  for (const auto& t : site.types) nullable &= t.nullable();
  type = type.as_nullable(nullable);
  return special(std::vector<data_type>(site.types.size(), type), type, special_form::coalesce);
}

result<expr_ptr> if_null(std::span<const expr_ptr> p) {
  if (p.size() != 2) return make_error(errc::sql_bad_argument, "IFNULL takes 2 arguments");
  return make_call("COALESCE", {p[0], p[1]});
}

result<expr_ptr> null_if(std::span<const expr_ptr> p) {
  if (p.size() != 2) return make_error(errc::sql_bad_argument, "NULLIF takes 2 arguments");
  MILLRACE_TRY(auto same, make_call("=", {p[0], p[1]}));
  return make_call("CASE", {std::move(same), make_literal(null_literal(p[0]->type)), p[0]});
}

// The greatest (least) of the arguments, NULL if one is NULL.
template <int Sign>
result<data::column_ptr> extreme(const kernel_call& call) {
  data::column_builder out(call.result_type, call.rows.stored);
  std::uint32_t next = 0;
  for_each_valid(call, [&](std::uint32_t row) {
    out.append_nulls(row - next);
    const data::column* best = call.arguments[0].get();
    for (const auto& c : call.arguments.subspan(1))
      if (compare_values(*c, row, *best, row) == Sign) best = c.get();
    out.append_from(*best, row);
    next = row + 1;
  });
  out.append_nulls(call.rows.stored - next);
  return out.finish();
}

template <int Sign>
result<scalar_overload> resolve_extreme(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1 << 20));
  MILLRACE_TRY(auto type, common_type(site.types));
  if (data::is_nested(type.id())) return wrong_types(site, "GREATEST(value, ...)");
  return strict(std::vector<data_type>(site.types.size(), type), type, site, extreme<Sign>);
}

constexpr std::string_view family = "conditional";

constexpr scalar_function table[] = {
    {"CASE", family, "CASE [value] WHEN .. THEN .. [ELSE ..] END",
     "The value of the first branch that holds; only its rows are evaluated.", resolve_case},
    {"IF", family, "IF(condition, a, b)", "a where the condition is TRUE, else b.", resolve_if},
    {"COALESCE", family, "COALESCE(value, ...)", "The first value that is not NULL.",
     resolve_coalesce},
    {"IFNULL", family, "IFNULL(a, b)", "b where a is NULL, else a.", nullptr, if_null},
    {"NULLIF", family, "NULLIF(a, b)", "NULL where a equals b, else a.", nullptr, null_if},
    {"GREATEST", family, "GREATEST(value, ...)", "The greatest value; NULL if one is NULL.",
     resolve_extreme<1>},
    {"LEAST", family, "LEAST(value, ...)", "The least value; NULL if one is NULL.",
     resolve_extreme<-1>},
};

}  // namespace

std::span<const scalar_function> conditional_functions() { return table; }

}  // namespace millrace::expr
