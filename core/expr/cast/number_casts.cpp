#include "core/data/decimal.hpp"
#include "core/expr/cast/cast.hpp"

#include <cmath>
#include <limits>

namespace millrace::expr {
namespace {

using data::int128;
using data::type_id;

// Java's narrowing: NaN is 0, what is too large saturates; below INT it saturates at INT and then
// loses its upper bits.
template <class To, class From>
To from_floating(From v) {
  using Wide = std::conditional_t<sizeof(To) == 8, std::int64_t, std::int32_t>;
  if (std::isnan(v)) return 0;
  constexpr auto low = static_cast<From>(std::numeric_limits<Wide>::min());
  constexpr auto high = -low;
  if (v >= high) return static_cast<To>(std::numeric_limits<Wide>::max());
  if (v < low) return static_cast<To>(std::numeric_limits<Wide>::min());
  return static_cast<To>(static_cast<Wide>(v));
}

template <class To, class From>
To convert(From v, bool to_boolean) {
  if (to_boolean) return static_cast<To>(v != 0);
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>)
    return from_floating<To>(v);
  else
    return static_cast<To>(v);
}

template <class From>
data::column_ptr to_decimal(const cast_call& call) {
  const data::decimal_shape shape{call.to.precision(), call.to.scale()};
  return cast_values_or_null<From, int128>(call, [&](From v) -> std::optional<int128> {
    if constexpr (std::is_same_v<From, float>) {
      return data::decimal_from_double(static_cast<double>(v), shape);
    } else if constexpr (std::is_same_v<From, double>) {
      return data::decimal_from_double(v, shape);
    } else {
      return data::decimal_rescale(v, 0, shape);
    }
  });
}

template <class To>
data::column_ptr from_decimal(const cast_call& call) {
  const auto scale = call.from->type.scale();
  if constexpr (std::is_floating_point_v<To>) {
    return cast_values<int128, To>(
        call, [=](int128 v) { return static_cast<To>(data::decimal_to_double(v, scale)); });
  } else {
    const int128 unit = data::pow10(scale);
    const bool truth = call.to.id() == type_id::boolean;
    return cast_values<int128, To>(call, [=](int128 v) {
      return truth ? static_cast<To>(v != 0) : static_cast<To>(static_cast<std::int64_t>(v / unit));
    });
  }
}

// Widening an integer to DECIMAL cannot fail when the digits are there.
template <class From>
bool widens(const cast_call& call) {
  const auto shape = data::decimal_shape_of(call.from->type);
  return std::is_integral_v<From> && call.from->type.id() != type_id::boolean &&
         call.to.precision() - call.to.scale() >= shape.precision;
}

data::column_ptr rescale(const cast_call& call) {
  const data::decimal_shape shape{call.to.precision(), call.to.scale()};
  const auto from = call.from->type.scale();
  const bool widening =
      shape.scale >= from && shape.precision - shape.scale >= call.from->type.precision() - from;
  if (widening) {
    const auto unit = static_cast<unsigned __int128>(data::pow10(shape.scale - from));
    return cast_values<int128, int128>(call, [=](int128 v) {
      return static_cast<int128>(static_cast<unsigned __int128>(v) * unit);
    });
  }
  return cast_values_or_null<int128, int128>(
      call, [&](int128 v) { return data::decimal_rescale(v, from, shape); });
}

}  // namespace

result<data::column_ptr> cast_number_to_number(const cast_call& call) {
  const type_id from = call.from->type.id(), to = call.to.id();
  if (from == type_id::decimal && to == type_id::decimal) return rescale(call);
  return with_physical(from, [&](auto* f) -> data::column_ptr {
    return with_physical(to, [&](auto* t) -> data::column_ptr {
      using From = std::remove_pointer_t<decltype(f)>;
      using To = std::remove_pointer_t<decltype(t)>;
      if constexpr (std::is_same_v<To, int128>) {
        if constexpr (std::is_integral_v<From> && !std::is_same_v<From, int128>) {
          if (widens<From>(call)) {
            const auto unit = data::pow10(call.to.scale());
            return cast_values<From, int128>(call, [=](From v) { return int128{v} * unit; });
          }
        }
        return to_decimal<From>(call);
      } else if constexpr (std::is_same_v<From, int128>) {
        return from_decimal<To>(call);
      } else {
        const bool truth = to == type_id::boolean;
        return cast_values<From, To>(call, [=](From v) { return convert<To>(v, truth); });
      }
    });
  });
}

}  // namespace millrace::expr
