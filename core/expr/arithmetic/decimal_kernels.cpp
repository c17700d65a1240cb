#include "core/data/decimal.hpp"
#include "core/expr/arithmetic/arithmetic.hpp"
#include "core/expr/kernel.hpp"

namespace millrace::expr {
namespace {

using data::int128;

std::int32_t scale_of(const data::column& c) {
  return c.type.id() == data::type_id::decimal ? c.type.scale() : 0;
}

// A constant of either width as one 128-bit value, a flat column as it lies there.
template <class F>
data::column_ptr with_exact(const data::column& c, F&& f) {
  const bool wide = c.type.id() == data::type_id::decimal;
  if (c.is_constant())
    return f(one_value<int128>{wide ? c.data<int128>()[0] : int128{c.data<std::int64_t>()[0]}});
  if (wide) return f(flat_values<int128>{c.data<int128>()});
  return f(flat_values<std::int64_t>{c.data<std::int64_t>()});
}

// Below 38 digits the result's type holds every result, so nothing has to be checked.
bool is_exact(const kernel_call& call) {
  return call.result_type.precision() < data::max_decimal_precision;
}

// Values below NULL are garbage; they are computed as unsigned, where overflow is harmless.
using uint128 = unsigned __int128;

template <class F>
data::column_ptr each_exact(const kernel_call& call, F&& f) {
  const row_set rows = widened(call.rows);
  values_writer<int128> out(call.result_type, rows.stored);
  return with_exact(*call.arguments[0], [&](auto a) {
    return with_exact(*call.arguments[1], [&](auto b) -> data::column_ptr {
      rows.for_each([&](std::uint32_t row) { out.at[row] = f(a[row], b[row]); });
      return out.column;
    });
  });
}

template <class F>
data::column_ptr each_checked(const kernel_call& call, F&& f) {
  values_writer<int128> out(call.result_type, call.rows.stored);
  std::memset(out.at, 0, sizeof(int128) * call.rows.stored);
  null_marks nulls(call.rows.stored);
  with_exact(*call.arguments[0], [&](auto a) {
    return with_exact(*call.arguments[1], [&](auto b) -> data::column_ptr {
      for_each_valid(call, [&](std::uint32_t row) {
        const std::optional<int128> v = f(int128{a[row]}, int128{b[row]});
        if (v)
          out.at[row] = *v;
        else
          nulls.mark(row);
      });
      return nullptr;
    });
  });
  auto marked = nulls.take();
  return marked ? with_validity(out.column, std::move(marked)) : out.column;
}

struct shapes {
  std::int32_t a, b;
  data::decimal_shape to;
  explicit shapes(const kernel_call& call)
      : a(scale_of(*call.arguments[0])),
        b(scale_of(*call.arguments[1])),
        to{call.result_type.precision(), call.result_type.scale()} {}
};

template <bool Subtract>
result<data::column_ptr> add(const kernel_call& call) {
  const shapes s(call);
  if (!is_exact(call)) {
    return each_checked(call, [&](int128 a, int128 b) {
      return Subtract ? data::decimal_subtract(a, s.a, b, s.b, s.to)
                      : data::decimal_add(a, s.a, b, s.b, s.to);
    });
  }
  const auto raise_a = static_cast<uint128>(data::pow10(s.to.scale - s.a));
  const auto raise_b = static_cast<uint128>(data::pow10(s.to.scale - s.b));
  return each_exact(call, [=](int128 a, int128 b) {
    const uint128 x = static_cast<uint128>(a) * raise_a, y = static_cast<uint128>(b) * raise_b;
    return static_cast<int128>(Subtract ? x - y : x + y);
  });
}

bool fits_64(const data::column& c) {
  if (c.type.id() != data::type_id::decimal) return true;
  if (c.type.precision() <= 18) return true;
  return false;
}

result<data::column_ptr> multiply(const kernel_call& call) {
  const shapes s(call);
  if (!is_exact(call)) {
    return each_checked(
        call, [&](int128 a, int128 b) { return data::decimal_multiply(a, s.a, b, s.b, s.to); });
  }
  // One 64-bit multiplication in place of three.
  if (fits_64(*call.arguments[0]) && fits_64(*call.arguments[1])) {
    return each_exact(call, [](auto a, auto b) {
      return int128{static_cast<std::int64_t>(a)} * static_cast<std::int64_t>(b);
    });
  }
  return each_exact(call, [](int128 a, int128 b) {
    return static_cast<int128>(static_cast<uint128>(a) * static_cast<uint128>(b));
  });
}

bool has_zero(const kernel_call& call) {
  bool found = false;
  with_exact(*call.arguments[1], [&](auto b) -> data::column_ptr {
    found = !try_each_valid(call, [&](std::uint32_t row) { return b[row] != 0; });
    return nullptr;
  });
  return found;
}

template <bool Remainder>
result<data::column_ptr> divide(const kernel_call& call) {
  if (has_zero(call)) {
    return make_error(errc::runtime_division_by_zero, "division of a DECIMAL by zero",
                      "Guard the divisor, for example with NULLIF(divisor, 0).");
  }
  const shapes s(call);
  return each_checked(call, [&](int128 a, int128 b) {
    return Remainder ? data::decimal_remainder(a, s.a, b, s.b, s.to)
                     : data::decimal_divide(a, s.a, b, s.b, s.to);
  });
}

}  // namespace

scalar_kernel decimal_kernel(arithmetic_op op) {
  switch (op) {
    case arithmetic_op::add: return add<false>;
    case arithmetic_op::subtract: return add<true>;
    case arithmetic_op::multiply: return multiply;
    case arithmetic_op::divide: return divide<false>;
    default: return divide<true>;
  }
}

}  // namespace millrace::expr
