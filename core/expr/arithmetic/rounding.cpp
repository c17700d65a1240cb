#include "core/data/decimal.hpp"
#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"
#include "core/expr/temporal/temporal.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::expr {
namespace {

using data::data_type;
using data::int128;
using data::type_id;

enum class rounding { half_up, down, ceiling, floor };

// `v` in units of 10^drop, rounded; the caller scales it back.
template <rounding Mode>
int128 in_units(int128 v, int128 unit) {
  int128 q = v / unit;
  const int128 rest = v % unit;
  if constexpr (Mode == rounding::half_up) {
    const int128 twice = (rest < 0 ? -rest : rest) * 2;
    if (twice >= unit) q += v < 0 ? -1 : 1;
  } else if constexpr (Mode == rounding::ceiling) {
    if (rest > 0) ++q;
  } else if constexpr (Mode == rounding::floor) {
    if (rest < 0) --q;
  }
  return q;
}

template <rounding Mode>
int128 rounded_to(int128 v, std::int32_t scale, std::int32_t digits, std::int32_t to_scale) {
  const std::int32_t drop = scale - digits;
  if (drop <= 0) return v;
  if (drop > 38) return 0;
  const int128 unit = data::pow10(drop);
  const int128 q = in_units<Mode>(v, unit);
  return q * data::pow10(std::min(to_scale - digits, 38));
}

// The digits asked for in a row; none were given: 0.
struct digits_reader {
  const data::column* digits;
  std::int32_t operator[](std::uint32_t row) const {
    return digits == nullptr ? 0 : digits->value<std::int32_t>(row);
  }
};
digits_reader digits_of(const kernel_call& call) {
  return {call.arguments.size() > 1 ? call.arguments[1].get() : nullptr};
}

template <rounding Mode>
data::column_ptr round_decimals(const kernel_call& call) {
  const auto scale = call.arguments[0]->type.scale(), to = call.result_type.scale();
  const any_values<int128> in(*call.arguments[0]);
  const auto digits = digits_of(call);
  values_writer<int128> out(call.result_type, call.rows.stored);
  std::memset(out.at, 0, sizeof(int128) * call.rows.stored);
  for_each_valid(call, [&](std::uint32_t row) {
    const auto kept = std::min(std::min(digits[row], scale), to);
    out.at[row] = rounded_to<Mode>(in[row], scale, kept, to);
  });
  return out.column;
}

// As BigDecimal.valueOf(v).setScale(digits): by the shortest decimal text, not by the binary value.
template <rounding Mode>
double round_double(double v, std::int32_t digits) {
  if (!std::isfinite(v) || digits >= 17) return v;
  if (digits < -17) return 0;
  const auto exact = data::decimal_from_double(v, {38, 17});
  if (!exact) return v;
  const int128 r = rounded_to<Mode>(*exact, 17, digits, 17);
  return data::decimal_to_double(r, 17);
}

template <rounding Mode, class T>
data::column_ptr round_floats(const kernel_call& call) {
  const any_values<T> in(*call.arguments[0]);
  const auto digits = digits_of(call);
  values_writer<T> out(call.result_type, call.rows.stored);
  for_each_valid(call, [&](std::uint32_t row) {
    const auto v = static_cast<double>(in[row]);
    if constexpr (Mode == rounding::ceiling)
      out.at[row] = static_cast<T>(std::ceil(v));
    else if constexpr (Mode == rounding::floor)
      out.at[row] = static_cast<T>(std::floor(v));
    else
      out.at[row] = static_cast<T>(round_double<Mode>(v, digits[row]));
  });
  return out.column;
}

template <rounding Mode, class T>
data::column_ptr round_integers(const kernel_call& call) {
  const any_values<T> in(*call.arguments[0]);
  const auto digits = digits_of(call);
  values_writer<T> out(call.result_type, call.rows.stored);
  for_each_valid(call, [&](std::uint32_t row) {
    const auto d = digits[row];
    out.at[row] = d >= 0 ? in[row] : static_cast<T>(rounded_to<Mode>(in[row], 0, d, 0));
  });
  return out.column;
}

template <rounding Mode>
result<data::column_ptr> round(const kernel_call& call) {
  switch (call.result_type.id()) {
    case type_id::decimal: return round_decimals<Mode>(call);
    case type_id::float32: return round_floats<Mode, float>(call);
    case type_id::float64: return round_floats<Mode, double>(call);
    case type_id::tinyint: return round_integers<Mode, std::int8_t>(call);
    case type_id::smallint: return round_integers<Mode, std::int16_t>(call);
    case type_id::integer: return round_integers<Mode, std::int32_t>(call);
    default: return round_integers<Mode, std::int64_t>(call);
  }
}

data_type number_type(const data_type& t) {
  if (t.id() == type_id::null) return of(type_id::integer);
  return is_text(t) ? of(type_id::float64) : t;
}

// With digits known the scale shrinks to them; else it stays.
data_type rounded_type(const call_site& site, const data_type& type) {
  if (type.id() != type_id::decimal) return type;
  const auto shape = data::decimal_shape_of(type);
  if (site.types.size() == 1) {
    const auto r = data::decimal_round_shape(shape, 0);
    return data_type::decimal(r.precision, r.scale);
  }
  if (!site.literals[1] || site.literals[1]->is_null(0) || site.types[1].id() != type_id::integer)
    return type;
  const auto r = data::decimal_round_shape(shape, site.literals[1]->value<std::int32_t>(0));
  return data_type::decimal(r.precision, r.scale);
}

template <rounding Mode>
result<scalar_overload> resolve_round(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 2));
  const data_type type = number_type(site.types[0]);
  if (!data::is_numeric(type.id()) || (site.types.size() == 2 && !takes_integer(site.types[1])))
    return wrong_types(site, "ROUND(number [, digits])");
  std::vector<data_type> arguments{type};
  if (site.types.size() == 2) arguments.push_back(of(type_id::integer));
  return strict(std::move(arguments), rounded_type(site, type), site, round<Mode>);
}

template <rounding Mode>
result<scalar_overload> resolve_edge(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 2));
  if (site.types.size() == 2) return resolve_time_rounding(site, Mode == rounding::ceiling);
  const data_type type = number_type(site.types[0]);
  if (!data::is_numeric(type.id()))
    return wrong_types(site, "FLOOR(number) or FLOOR(time TO unit)");
  const data_type to =
      type.id() == type_id::decimal ? data_type::decimal(type.precision(), 0) : type;
  return strict({type}, to, site, round<Mode>);
}

result<data::column_ptr> sign(const kernel_call& call) {
  const int128 one =
      call.result_type.id() == type_id::decimal ? data::pow10(call.result_type.scale()) : int128{1};
  return with_physical(call.result_type.id(), [&](auto* tag) -> data::column_ptr {
    using T = std::remove_pointer_t<decltype(tag)>;
    return map_values<T, T>(call, [one](T v) {
      return static_cast<T>(v > 0 ? static_cast<T>(one) : (v < 0 ? static_cast<T>(-one) : T{}));
    });
  });
}

result<scalar_overload> resolve_sign(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  const data_type type = number_type(site.types[0]);
  if (!data::is_numeric(type.id())) return wrong_types(site, "SIGN(number)");
  return strict({type}, type, site, sign);
}

constexpr std::string_view family = "arithmetic";

constexpr scalar_function table[] = {
    {"ROUND", family, "ROUND(number [, digits])", "Rounded half up to fraction digits.",
     resolve_round<rounding::half_up>},
    {"TRUNCATE", family, "TRUNCATE(number [, digits])", "Cut to fraction digits.",
     resolve_round<rounding::down>},
    {"CEIL", family, "CEIL(number), CEIL(time TO unit)", "Rounded up.",
     resolve_edge<rounding::ceiling>},
    {"CEILING", family, "CEILING(number)", "Rounded up.", resolve_edge<rounding::ceiling>},
    {"FLOOR", family, "FLOOR(number), FLOOR(time TO unit)", "Rounded down.",
     resolve_edge<rounding::floor>},
    {"SIGN", family, "SIGN(number)", "-1, 0 or 1 in the number's type.", resolve_sign},
};

}  // namespace

std::span<const scalar_function> rounding_functions() { return table; }

}  // namespace millrace::expr
