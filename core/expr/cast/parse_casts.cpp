#include "core/data/civil_time.hpp"
#include "core/data/decimal.hpp"
#include "core/expr/cast/cast.hpp"
#include "core/expr/cast/parse.hpp"
#include "core/expr/temporal/time_zone.hpp"

namespace millrace::expr {
namespace {

using data::type_id;

template <class T, class F>
result<data::column_ptr> parse_all(const cast_call& call, F&& parse) {
  values_writer<T> out(call.to, call.rows.stored);
  std::memset(out.at, 0, sizeof(T) * call.rows.stored);
  null_marks nulls(call.rows.stored);
  const any_text in(*call.from);
  const bool whole = try_each_row(call, [&](std::uint32_t row) {
    const std::optional<T> v = parse(in[row]);
    if (v) {
      out.at[row] = *v;
      return true;
    }
    nulls.mark(row);
    return call.try_;
  });
  if (!whole) return cast_failed(in[call.context.failed_row], call.to);
  out.column->validity = nulls.take();
  return data::column_ptr(out.column);
}

// A number that does not fit is NULL even in CAST; only what is no number fails.
result<data::column_ptr> parse_decimals(const cast_call& call) {
  const data::decimal_shape shape{call.to.precision(), call.to.scale()};
  values_writer<data::int128> out(call.to, call.rows.stored);
  std::memset(out.at, 0, sizeof(data::int128) * call.rows.stored);
  null_marks nulls(call.rows.stored);
  const any_text in(*call.from);
  const bool whole = try_each_row(call, [&](std::uint32_t row) {
    const auto text = trimmed(in[row]);
    const auto v = data::parse_decimal(text, shape);
    if (v) {
      out.at[row] = *v;
      return true;
    }
    nulls.mark(row);
    return call.try_ || is_number_text(text);
  });
  if (!whole) return cast_failed(in[call.context.failed_row], call.to);
  out.column->validity = nulls.take();
  return data::column_ptr(out.column);
}

result<data::column_ptr> parse_zoned(const cast_call& call) {
  MILLRACE_TRY(const auto zone, time_zone::find(call.context.time_zone));
  const auto precision = call.to.precision();
  return parse_all<std::int64_t>(call, [&](std::string_view text) {
    auto ticks = data::parse_timestamp(trimmed(text), precision);
    if (ticks) *ticks = zone->to_utc(*ticks, data::ticks_per_second(precision));
    return ticks;
  });
}

}  // namespace

result<data::column_ptr> cast_text_to_value(const cast_call& call) {
  switch (call.to.id()) {
    case type_id::boolean: return parse_all<std::uint8_t>(call, parse_truth);
    case type_id::tinyint: return parse_all<std::int8_t>(call, parse_integer<std::int8_t>);
    case type_id::smallint: return parse_all<std::int16_t>(call, parse_integer<std::int16_t>);
    case type_id::integer: return parse_all<std::int32_t>(call, parse_integer<std::int32_t>);
    case type_id::bigint: return parse_all<std::int64_t>(call, parse_integer<std::int64_t>);
    case type_id::float32: return parse_all<float>(call, parse_floating<float>);
    case type_id::float64: return parse_all<double>(call, parse_floating<double>);
    case type_id::decimal: return parse_decimals(call);
    case type_id::date:
      return parse_all<std::int32_t>(
          call, [](std::string_view text) { return data::parse_date(trimmed(text)); });
    case type_id::time:
      return parse_all<std::int32_t>(
          call, [](std::string_view text) { return data::parse_time(trimmed(text)); });
    case type_id::timestamp: {
      const auto precision = call.to.precision();
      return parse_all<std::int64_t>(call, [precision](std::string_view text) {
        return data::parse_timestamp(trimmed(text), precision);
      });
    }
    case type_id::timestamp_ltz: return parse_zoned(call);
    default: return cast_failed("a text", call.to);
  }
}

}  // namespace millrace::expr
