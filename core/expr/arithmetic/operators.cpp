#include "core/expr/arithmetic/arithmetic.hpp"
#include "core/expr/arithmetic/constant_divisor.hpp"
#include "core/expr/arithmetic/near_remainder.hpp"
#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"

#include <cmath>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

constexpr std::string_view sign_of(arithmetic_op op) {
  constexpr std::string_view signs[] = {"+", "-", "*", "/", "%"};
  return signs[static_cast<std::size_t>(op)];
}

bool is_time_like(const data_type& t) { return data::is_temporal(t.id()) || is_interval(t); }

data_type exact_argument(const data_type& t) {
  return t.id() == type_id::decimal ? t : of(type_id::bigint);
}

bool divides(arithmetic_op op) {
  return op == arithmetic_op::divide || op == arithmetic_op::remainder;
}

// `a % b` of integers has the type of b, whatever a is (Calcite's MOD); it is computed in the
// wider.
result<data::column_ptr> narrowed_remainder(const kernel_call& call) {
  const data_type wide = common_numeric(call.arguments[0]->type, call.arguments[1]->type);
  const data::column& by = *call.arguments[1];
  if (wide.id() == type_id::bigint && call.result_type.id() == type_id::integer &&
      by.is_constant() && by.value<std::int64_t>(0) != 0 && !call.arguments[0]->is_constant()) {
    const data::column& dividends = *call.arguments[0];
    if (near_remainder::holds_for(dividends.data<std::int64_t>(), dividends.length))
      return map_values<std::int64_t, std::int32_t>(
          call, near_remainder(static_cast<std::int32_t>(by.value<std::int64_t>(0))));
    return map_values<std::int64_t, std::int32_t>(
        call, [divisor = constant_divisor(by.value<std::int64_t>(0))](std::int64_t n) {
          return static_cast<std::int32_t>(divisor.remainder(n));
        });
  }
  kernel_call inner{wide, call.arguments, call.rows, call.context, call.prepared, call.valid};
  MILLRACE_TRY(auto out, primitive_kernel(arithmetic_op::remainder)(inner));
  if (wide.id() == call.result_type.id()) return with_type(out, call.result_type);
  return with_physical(wide.id(), [&](auto* from) -> data::column_ptr {
    return with_physical(call.result_type.id(), [&](auto* to) -> data::column_ptr {
      using From = std::remove_pointer_t<decltype(from)>;
      using To = std::remove_pointer_t<decltype(to)>;
      values_writer<To> result(call.result_type, out->length);
      for (std::uint32_t i = 0; i < out->length; ++i)
        result.at[i] = static_cast<To>(out->data<From>()[i]);
      return result.column;
    });
  });
}

bool is_nonzero_integer(const data::column_ptr& literal) {
  if (!literal || !data::is_integer(literal->type.id()) || literal->is_null(0)) return false;
  return with_physical(literal->type.id(), [&](auto* tag) {
    return literal->value<std::remove_pointer_t<decltype(tag)>>(0) != 0;
  });
}

scalar_overload primitive(const call_site& site, arithmetic_op op) {
  const data_type wide = common_numeric(site.types[0], site.types[1]);
  auto o = strict({wide, wide}, wide, site, primitive_kernel(op));
  const bool whole_quotient = divides(op) && data::is_integer(wide.id());
  o.can_fail =
      whole_quotient && !(site.literals.size() > 1 && is_nonzero_integer(site.literals[1]));
  o.cheap = !o.can_fail;
  if (op == arithmetic_op::remainder && whole_quotient) {
    o.result_type = site.types[1].as_nullable(o.result_type.nullable());
    o.kernel = narrowed_remainder;
  }
  return o;
}

template <arithmetic_op Op>
result<scalar_overload> resolve_operator(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  data_type a = site.types[0], b = site.types[1];
  if (is_time_like(a) || is_time_like(b)) return resolve_time_arithmetic(site, Op);
  if (a.id() == type_id::null) a = b.id() == type_id::null ? of(type_id::integer) : b;
  if (b.id() == type_id::null) b = a;
  // Text in arithmetic is read as a number, as Calcite's coercion does.
  if (is_text(a))
    a = data::is_numeric(b.id()) && !data::is_integer(b.id()) ? b : of(type_id::float64);
  if (is_text(b))
    b = data::is_numeric(a.id()) && !data::is_integer(a.id()) ? a : of(type_id::float64);
  if (!data::is_numeric(a.id()) || !data::is_numeric(b.id()))
    return wrong_types(site, "number " + std::string(sign_of(Op)) + " number");
  const data_type types[] = {a.as_nullable(site.types[0].nullable()),
                             b.as_nullable(site.types[1].nullable())};
  const call_site typed{site.name, types, site.literals, site.target};
  const bool exact = a.id() == type_id::decimal || b.id() == type_id::decimal;
  if (!exact || is_approximate(a) || is_approximate(b)) return primitive(typed, Op);
  auto o = strict({exact_argument(a), exact_argument(b)}, decimal_result(sign_of(Op), a, b), typed,
                  decimal_kernel(Op));
  o.can_fail = divides(Op);
  o.cheap = !o.can_fail;
  // A DECIMAL that does not fit becomes NULL.
  if (o.result_type.precision() == 38) o.result_type = o.result_type.as_nullable();
  return o;
}

template <class T>
T negative(T v) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(std::uint64_t{0} - static_cast<std::uint64_t>(v));
  else
    return -v;
}
template <class T>
T absolute(T v) {
  if constexpr (std::is_floating_point_v<T>) return std::fabs(v);
  return v < 0 ? negative(v) : v;
}

template <bool Absolute>
result<data::column_ptr> change_sign(const kernel_call& call) {
  return with_physical(call.result_type.id(), [&](auto* tag) -> data::column_ptr {
    using T = std::remove_pointer_t<decltype(tag)>;
    return map_values<T, T>(call, [](T v) { return Absolute ? absolute(v) : negative(v); });
  });
}

template <bool Absolute>
result<scalar_overload> resolve_sign(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  data_type type = site.types[0];
  if (type.id() == type_id::null) type = of(type_id::integer);
  if (is_text(type)) type = of(type_id::float64);
  if (!data::is_numeric(type.id()) && !is_interval(type)) return wrong_types(site, "-number");
  auto o = strict({type}, type, site, change_sign<Absolute>);
  o.cheap = true;
  return o;
}

constexpr std::string_view family = "arithmetic";

constexpr scalar_function table[] = {
    {"+", family, "a + b", "Sum; moves a time by an interval. Integers wrap around.",
     resolve_operator<arithmetic_op::add>},
    {"-", family, "a - b", "Difference; of two times: the interval between them.",
     resolve_operator<arithmetic_op::subtract>},
    {"*", family, "a * b", "Product.", resolve_operator<arithmetic_op::multiply>},
    {"/", family, "a / b", "Quotient; of integers rounded toward zero.",
     resolve_operator<arithmetic_op::divide>},
    {"%", family, "a % b", "Remainder with the sign of a.",
     resolve_operator<arithmetic_op::remainder>},
    {"MOD", family, "MOD(a, b)", "Remainder with the sign of a.",
     resolve_operator<arithmetic_op::remainder>},
    {"NEGATE", family, "-a", "The number with the other sign.", resolve_sign<false>},
    {"ABS", family, "ABS(a)", "The number without its sign.", resolve_sign<true>},
};

}  // namespace

std::span<const scalar_function> arithmetic_functions() { return table; }

}  // namespace millrace::expr
