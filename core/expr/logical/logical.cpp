#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

result<data::column_ptr> logical_not(const kernel_call& call) {
  return map_values<std::uint8_t, std::uint8_t>(
      call, [](std::uint8_t v) { return static_cast<std::uint8_t>((v & 1U) ^ 1U); });
}

// Writes `yes` where the argument is not NULL, else `no`.
void write_validity(const data::column& c, std::uint32_t rows, std::uint8_t* to, std::uint8_t yes) {
  const auto no = static_cast<std::uint8_t>(yes ^ 1U);
  if (!c.may_have_nulls() || c.is_constant() || c.type.id() == type_id::null) {
    const bool null = rows > 0 && c.may_have_nulls() && c.is_null(0);
    std::memset(to, null ? no : yes, rows);
    return;
  }
  const std::uint64_t flip = yes ? 0 : ~std::uint64_t{0};
  for (std::uint32_t i = 0; i < rows; i += 64)
    spread_truth(c.validity_words()[i >> 6] ^ flip, to + i, rows - i);
}

template <bool Null>
result<data::column_ptr> is_null(const kernel_call& call) {
  truth_writer out(call);
  write_validity(*call.arguments[0], call.rows.stored, out.at, Null ? 0 : 1);
  return out.column;
}

// `v IS [NOT] TRUE` and `v IS [NOT] FALSE`: never NULL.
template <std::uint8_t Wanted, bool Not>
result<data::column_ptr> is_truth(const kernel_call& call) {
  truth_writer out(call);
  const data::column& c = *call.arguments[0];
  const std::uint32_t rows = call.rows.stored;
  if (c.type.id() == type_id::null) {
    std::memset(out.at, Not ? 1 : 0, rows);
    return out.column;
  }
  write_validity(c, rows, out.at, 1);
  const any_values<std::uint8_t> in(c);
  for (std::uint32_t i = 0; i < rows; ++i) {
    const auto hit = static_cast<std::uint8_t>(out.at[i] & ((in[i] & 1U) == Wanted ? 1U : 0U));
    out.at[i] = static_cast<std::uint8_t>(hit ^ (Not ? 1U : 0U));
  }
  return out.column;
}

template <special_form Form>
result<scalar_overload> resolve_junction(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 1 << 20));
  for (const auto& t : site.types)
    if (!takes_boolean(t)) return wrong_types(site, "boolean AND boolean");
  auto o = strict(std::vector<data_type>(site.types.size(), of(type_id::boolean)),
                  of(type_id::boolean), site, nullptr);
  o.special = Form;
  o.null_in_null_out = false;
  o.cheap = true;
  return o;
}

result<scalar_overload> resolve_not(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!takes_boolean(site.types[0])) return wrong_types(site, "NOT boolean");
  auto o = strict({of(type_id::boolean)}, of(type_id::boolean), site, logical_not);
  o.cheap = true;
  return o;
}

scalar_overload never_null(const data_type& argument, scalar_kernel kernel) {
  scalar_overload o;
  o.argument_types = {argument};
  o.result_type = data_type(type_id::boolean, false);
  o.kernel = kernel;
  o.cheap = true;
  return o;
}

template <bool Null>
result<scalar_overload> resolve_is_null(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  return never_null(site.types[0], is_null<Null>);
}

template <std::uint8_t Wanted, bool Not>
result<scalar_overload> resolve_truth(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!takes_boolean(site.types[0])) return wrong_types(site, "boolean IS TRUE");
  return never_null(of(type_id::boolean), is_truth<Wanted, Not>);
}

constexpr std::string_view family = "logical";

constexpr scalar_function table[] = {
    {"AND", family, "a AND b", "TRUE if both are TRUE, FALSE if one is FALSE, else UNKNOWN.",
     resolve_junction<special_form::logical_and>},
    {"OR", family, "a OR b", "TRUE if one is TRUE, FALSE if both are FALSE, else UNKNOWN.",
     resolve_junction<special_form::logical_or>},
    {"NOT", family, "NOT a", "TRUE for FALSE, FALSE for TRUE, UNKNOWN for UNKNOWN.", resolve_not},
    {"IS NULL", family, "value IS NULL", "TRUE if the value is NULL.", resolve_is_null<true>},
    {"IS NOT NULL", family, "value IS NOT NULL", "TRUE if the value is not NULL.",
     resolve_is_null<false>},
    {"IS UNKNOWN", family, "a IS UNKNOWN", "TRUE if the boolean is NULL.", resolve_is_null<true>},
    {"IS NOT UNKNOWN", family, "a IS NOT UNKNOWN", "TRUE if the boolean is not NULL.",
     resolve_is_null<false>},
    {"IS TRUE", family, "a IS TRUE", "TRUE if a is TRUE, else FALSE.", resolve_truth<1, false>},
    {"IS NOT TRUE", family, "a IS NOT TRUE", "TRUE if a is FALSE or UNKNOWN.",
     resolve_truth<1, true>},
    {"IS FALSE", family, "a IS FALSE", "TRUE if a is FALSE, else FALSE.", resolve_truth<0, false>},
    {"IS NOT FALSE", family, "a IS NOT FALSE", "TRUE if a is TRUE or UNKNOWN.",
     resolve_truth<0, true>},
};

}  // namespace

std::span<const scalar_function> logical_functions() { return table; }

}  // namespace millrace::expr
