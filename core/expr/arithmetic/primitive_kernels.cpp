#include "core/expr/arithmetic/arithmetic.hpp"
#include "core/expr/arithmetic/constant_divisor.hpp"
#include "core/expr/kernel.hpp"

#include <cmath>

namespace millrace::expr {
namespace {

// Java's integers wrap around; so do C++'s unsigned ones.
template <class T, arithmetic_op Op>
T wrapped(T a, T b) {
  using U = std::make_unsigned_t<T>;
  const auto x = static_cast<std::uint64_t>(static_cast<U>(a));
  const auto y = static_cast<std::uint64_t>(static_cast<U>(b));
  if constexpr (Op == arithmetic_op::add) return static_cast<T>(static_cast<U>(x + y));
  if constexpr (Op == arithmetic_op::subtract) return static_cast<T>(static_cast<U>(x - y));
  return static_cast<T>(static_cast<U>(x * y));
}

template <arithmetic_op Op>
struct apply {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) {
      return wrapped<T, Op>(a, b);
    } else {
      if constexpr (Op == arithmetic_op::add) return a + b;
      if constexpr (Op == arithmetic_op::subtract) return a - b;
      return a * b;
    }
  }
};

error division_by_zero() {
  return make_error(errc::runtime_division_by_zero, "division of an integer by zero",
                    "Guard the divisor, for example with NULLIF(divisor, 0).");
}

// Calls f with the type that holds an integer or floating column's values.
template <class F>
decltype(auto) with_number(data::type_id id, F&& f) {
  switch (id) {
    case data::type_id::tinyint: return f(std::int8_t{});
    case data::type_id::smallint: return f(std::int16_t{});
    case data::type_id::integer: return f(std::int32_t{});
    case data::type_id::float32: return f(float{});
    case data::type_id::float64: return f(double{});
    default: return f(std::int64_t{});
  }
}

template <arithmetic_op Op>
result<data::column_ptr> calculate(const kernel_call& call) {
  return with_number(call.result_type.id(), [&](auto zero) -> data::column_ptr {
    using T = decltype(zero);
    return map_pairs<T, T, T>(call, apply<Op>());
  });
}

template <arithmetic_op Op, class T>
T divided(T a, T b) {
  if (b == -1) return Op == arithmetic_op::divide ? wrapped<T, arithmetic_op::subtract>(0, a) : T{};
  return static_cast<T>(Op == arithmetic_op::divide ? a / b : a % b);
}

template <arithmetic_op Op, class T>
result<data::column_ptr> divide_by_constant(const kernel_call& call, T by) {
  if (by == 0) {
    values_writer<T> zeros(call.result_type, call.rows.stored);
    std::memset(zeros.at, 0, sizeof(T) * call.rows.stored);
    if (!try_each_valid(call, [](std::uint32_t) { return false; })) return division_by_zero();
    return data::column_ptr(zeros.column);
  }
  const constant_divisor divisor(by);
  return map_values<T, T>(call, [divisor](T n) {
    return static_cast<T>(Op == arithmetic_op::divide ? divisor.quotient(n) : divisor.remainder(n));
  });
}

template <arithmetic_op Op, class T>
result<data::column_ptr> divide_integers(const kernel_call& call) {
  const data::column& by = *call.arguments[1];
  if (by.is_constant() && !call.arguments[0]->is_constant())
    return divide_by_constant<Op, T>(call, by.data<T>()[0]);
  values_writer<T> out(call.result_type, call.rows.stored);
  std::memset(out.at, 0, sizeof(T) * call.rows.stored);
  const any_values<T> a(*call.arguments[0]), b(by);
  const bool whole = try_each_valid(call, [&](std::uint32_t row) {
    const T d = b[row];
    if (d == 0) return false;
    out.at[row] = divided<Op, T>(a[row], d);
    return true;
  });
  if (!whole) return division_by_zero();
  return data::column_ptr(out.column);
}

template <arithmetic_op Op>
result<data::column_ptr> divide(const kernel_call& call) {
  return with_number(call.result_type.id(), [&](auto zero) -> result<data::column_ptr> {
    using T = decltype(zero);
    if constexpr (std::is_integral_v<T>) {
      return divide_integers<Op, T>(call);
    } else {
      return map_pairs<T, T, T>(call, [](T a, T b) {
        if constexpr (Op == arithmetic_op::divide) return a / b;
        return std::fmod(a, b);
      });
    }
  });
}

}  // namespace

scalar_kernel primitive_kernel(arithmetic_op op) {
  switch (op) {
    case arithmetic_op::add: return calculate<arithmetic_op::add>;
    case arithmetic_op::subtract: return calculate<arithmetic_op::subtract>;
    case arithmetic_op::multiply: return calculate<arithmetic_op::multiply>;
    case arithmetic_op::divide: return divide<arithmetic_op::divide>;
    default: return divide<arithmetic_op::remainder>;
  }
}

}  // namespace millrace::expr
