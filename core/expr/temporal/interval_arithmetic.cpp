#include "core/data/civil_time.hpp"
#include "core/expr/arithmetic/arithmetic.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"
#include "core/expr/temporal/units.hpp"

#include <cmath>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

std::int64_t wrapped_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
std::int64_t wrapped_multiply(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
template <int Sign>
std::int64_t signed_by(std::int64_t v) {
  return Sign > 0 ? v : wrapped_multiply(v, -1);
}

bool has_months(const data::column& c) { return c.type.id() == type_id::interval_year_month; }

// Timestamp + months: garbage below NULL may be any number, so it is bounded first.
std::int64_t move_months(std::int64_t ticks, std::int64_t months, std::int64_t per_day) {
  constexpr std::int64_t most = 12 * 400'000;
  if (months > most || months < -most) return ticks;
  const auto days = data::floor_div(ticks, per_day);
  return data::add_months(days, months) * per_day + (ticks - days * per_day);
}

template <int Sign>
result<data::column_ptr> move_timestamp(const kernel_call& call) {
  return with_ticks(call.result_type.precision(), [&](auto ticks) -> data::column_ptr {
    constexpr std::int64_t second = decltype(ticks)::value;
    if (has_months(*call.arguments[1])) {
      return map_pairs<std::int64_t, std::int64_t, std::int64_t>(
          call, [](std::int64_t t, std::int64_t months) {
            return move_months(t, signed_by<Sign>(months), second * data::seconds_per_day);
          });
    }
    return map_pairs<std::int64_t, std::int64_t, std::int64_t>(
        call, [](std::int64_t t, std::int64_t ms) {
          return wrapped_add(t, wrapped_multiply(signed_by<Sign>(ms), second / 1'000));
        });
  });
}

template <int Sign>
result<data::column_ptr> move_date(const kernel_call& call) {
  const bool months = has_months(*call.arguments[1]);
  return map_pairs<std::int32_t, std::int64_t, std::int32_t>(
      call, [months](std::int32_t day, std::int64_t by) {
        const auto moved = months ? move_months(day, signed_by<Sign>(by), 1)
                                  : day + data::floor_div(signed_by<Sign>(by), data::ms_per_day);
        return static_cast<std::int32_t>(moved);
      });
}

template <int Sign>
result<data::column_ptr> move_time(const kernel_call& call) {
  return map_pairs<std::int32_t, std::int64_t, std::int32_t>(
      call, [](std::int32_t ms, std::int64_t by) {
        const auto rest = signed_by<Sign>(by) % data::ms_per_day;
        return static_cast<std::int32_t>(data::floor_mod(ms + rest, data::ms_per_day));
      });
}

template <int Sign>
result<data::column_ptr> add_intervals(const kernel_call& call) {
  return map_pairs<std::int64_t, std::int64_t, std::int64_t>(
      call, [](std::int64_t a, std::int64_t b) { return wrapped_add(a, signed_by<Sign>(b)); });
}

// Milliseconds between two times of one type.
result<data::column_ptr> time_between(const kernel_call& call) {
  const data_type& type = call.arguments[0]->type;
  if (type.id() == type_id::date || type.id() == type_id::time) {
    const std::int64_t unit = type.id() == type_id::date ? data::ms_per_day : 1;
    return map_pairs<std::int32_t, std::int32_t, std::int64_t>(
        call, [unit](std::int32_t a, std::int32_t b) { return (std::int64_t{a} - b) * unit; });
  }
  const std::int64_t per_ms = data::ticks_per_second(type.precision()) / 1'000;
  return map_pairs<std::int64_t, std::int64_t, std::int64_t>(
      call, [per_ms](std::int64_t a, std::int64_t b) {
        return wrapped_add(data::floor_div(a, per_ms),
                           wrapped_multiply(data::floor_div(b, per_ms), -1));
      });
}

result<data::column_ptr> scale_interval(const kernel_call& call) {
  return map_pairs<std::int64_t, std::int64_t, std::int64_t>(call, wrapped_multiply);
}
result<data::column_ptr> scale_interval_by_double(const kernel_call& call) {
  return map_pairs<std::int64_t, double, std::int64_t>(call, [](std::int64_t a, double b) {
    const double product = std::trunc(static_cast<double>(a) * b);
    return std::fabs(product) < 9e18 ? static_cast<std::int64_t>(product) : std::int64_t{0};
  });
}
// `number * interval`: the same with the arguments the other way round.
template <scalar_kernel Kernel>
result<data::column_ptr> swapped(const kernel_call& call) {
  const data::column_ptr arguments[] = {call.arguments[1], call.arguments[0]};
  return Kernel({call.result_type, arguments, call.rows, call.context, call.prepared, call.valid});
}

scalar_overload overload_of(const call_site& site, data_type a, data_type b,
                            const data_type& result, scalar_kernel kernel) {
  auto o = strict({std::move(a), std::move(b)}, result, site, kernel);
  o.cheap = true;
  return o;
}

template <int Sign>
scalar_kernel moving(const data_type& time) {
  if (time.id() == type_id::date) return move_date<Sign>;
  if (time.id() == type_id::time) return move_time<Sign>;
  return move_timestamp<Sign>;
}

result<scalar_overload> resolve_difference(const call_site& site) {
  data_type a = site.types[0], b = site.types[1];
  if (a.id() != b.id()) {
    const auto precision =
        std::max(is_timestamp(a) ? a.precision() : 0, is_timestamp(b) ? b.precision() : 0);
    a = b = a.id() == type_id::timestamp_ltz && b.id() == type_id::timestamp_ltz
                ? data_type::timestamp_ltz(precision)
                : data_type::timestamp(precision);
  } else if (is_timestamp(a)) {
    a = b = a.with_precision(std::max(a.precision(), b.precision()));
  }
  return overload_of(site, a, b, of(type_id::interval_day_time), time_between);
}

result<scalar_overload> resolve_scaling(const call_site& site, arithmetic_op op) {
  const data_type &a = site.types[0], &b = site.types[1];
  const data_type& interval = is_interval(a) ? a : b;
  const data_type& number = is_interval(a) ? b : a;
  const bool whole = data::is_integer(number.id());
  const data_type factor = of(whole ? type_id::bigint : type_id::float64);
  if (op == arithmetic_op::divide) {
    if (!is_interval(a)) return wrong_types(site, "INTERVAL / number");
    // Divided as integers, toward zero.
    auto o = strict({interval, of(type_id::bigint)}, interval, site,
                    primitive_kernel(arithmetic_op::divide));
    o.can_fail = true;
    return o;
  }
  if (is_interval(a))
    return overload_of(site, a, factor, a, whole ? scale_interval : scale_interval_by_double);
  return overload_of(site, factor, b, b,
                     whole ? swapped<scale_interval> : swapped<scale_interval_by_double>);
}

template <int Sign>
result<scalar_overload> resolve_moving(const call_site& site) {
  const data_type &a = site.types[0], &b = site.types[1];
  if (is_interval(a) && is_interval(b) && a.id() == b.id())
    return overload_of(site, a, b, a, add_intervals<Sign>);
  if (data::is_temporal(a.id()) && is_interval(b))
    return overload_of(site, a, b, a, moving<Sign>(a));
  return wrong_types(site, "time + INTERVAL");
}

}  // namespace

result<scalar_overload> resolve_time_arithmetic(const call_site& site, arithmetic_op op) {
  const data_type &a = site.types[0], &b = site.types[1];
  const bool number = data::is_numeric(a.id()) || data::is_numeric(b.id());
  const bool times = data::is_temporal(a.id()) && data::is_temporal(b.id());
  if (number && (is_interval(a) || is_interval(b)) &&
      (op == arithmetic_op::multiply || op == arithmetic_op::divide))
    return resolve_scaling(site, op);
  if (op == arithmetic_op::subtract && times && !is_interval(a) && !is_interval(b))
    return resolve_difference(site);
  if (op == arithmetic_op::subtract) return resolve_moving<-1>(site);
  if (op != arithmetic_op::add) return wrong_types(site, "time + INTERVAL");
  if (is_interval(a) && !is_interval(b)) {
    const data_type types[] = {b, a};
    MILLRACE_TRY(auto o, resolve_moving<1>({site.name, types, site.literals, site.target}));
    std::swap(o.argument_types[0], o.argument_types[1]);
    o.kernel = b.id() == type_id::date   ? swapped<move_date<1>>
               : b.id() == type_id::time ? swapped<move_time<1>>
                                         : swapped<move_timestamp<1>>;
    return o;
  }
  return resolve_moving<1>(site);
}

}  // namespace millrace::expr
