#include "core/data/civil_time.hpp"
#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"
#include "core/expr/temporal/time_zone.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

timestamp_ms now(const kernel_call& call) {
  return call.context.time != nullptr ? call.context.time->now() : system_clock().now();
}

template <class T>
data::column_ptr one_for_all(const kernel_call& call, T value) {
  values_writer<T> out(call.result_type, 1);
  out.at[0] = value;
  return data::constant_of(*out.column, 0, call.rows.stored);
}

// Streams read the clock for every batch; a bounded query has one moment for all its rows.
timestamp_ms moment(const kernel_call& call) {
  return call.context.query_start != 0 ? call.context.query_start : now(call);
}

result<data::column_ptr> zoned_moment(const kernel_call& call) {
  return one_for_all<std::int64_t>(call, moment(call));
}
result<data::column_ptr> row_moment(const kernel_call& call) {
  return one_for_all<std::int64_t>(call, now(call));
}

result<std::int64_t> local_moment(const kernel_call& call) {
  MILLRACE_TRY(const auto zone, time_zone::find(call.context.time_zone));
  return zone->to_local(moment(call), 1000);
}
result<data::column_ptr> local_timestamp(const kernel_call& call) {
  MILLRACE_TRY(const auto local, local_moment(call));
  return one_for_all<std::int64_t>(call, local);
}
result<data::column_ptr> local_date(const kernel_call& call) {
  MILLRACE_TRY(const auto local, local_moment(call));
  return one_for_all(call, static_cast<std::int32_t>(data::floor_div(local, data::ms_per_day)));
}
result<data::column_ptr> local_time(const kernel_call& call) {
  MILLRACE_TRY(const auto local, local_moment(call));
  const auto ms = data::floor_mod(local, data::ms_per_day);
  return one_for_all(call, static_cast<std::int32_t>(ms - ms % 1000));
}

// NULL until the operator has seen a watermark.
result<data::column_ptr> current_watermark(const kernel_call& call) {
  if (call.context.watermark == min_watermark)
    return data::null_column(call.result_type, call.rows.stored);
  const auto per_ms = data::ticks_per_second(call.result_type.precision()) / 1000;
  return one_for_all<std::int64_t>(call, call.context.watermark * per_ms);
}

scalar_overload from_clock(const data_type& type, scalar_kernel kernel) {
  scalar_overload o;
  o.result_type = type.as_nullable(false);
  o.kernel = kernel;
  o.deterministic = false;
  return o;
}

template <scalar_kernel Kernel>
result<scalar_overload> resolve_zoned(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 0, 0));
  return from_clock(data_type::timestamp_ltz(3), Kernel);
}
result<scalar_overload> resolve_local_timestamp(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 0, 0));
  return from_clock(data_type::timestamp(3), local_timestamp);
}
result<scalar_overload> resolve_date(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 0, 0));
  return from_clock(of(type_id::date), local_date);
}
result<scalar_overload> resolve_time(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 0, 0));
  return from_clock(of(type_id::time), local_time);
}
result<scalar_overload> resolve_watermark(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!is_timestamp(site.types[0])) return wrong_types(site, "CURRENT_WATERMARK(row time)");
  auto o = from_clock(site.types[0], current_watermark);
  o.argument_types = {site.types[0]};
  o.result_type = o.result_type.as_nullable();
  return o;
}

constexpr std::string_view family = "temporal";

constexpr scalar_function table[] = {
    {"CURRENT_TIMESTAMP", family, "CURRENT_TIMESTAMP", "Now, as TIMESTAMP_LTZ(3).",
     resolve_zoned<zoned_moment>},
    {"NOW", family, "NOW()", "CURRENT_TIMESTAMP.", resolve_zoned<zoned_moment>},
    {"CURRENT_ROW_TIMESTAMP", family, "CURRENT_ROW_TIMESTAMP()", "Now, also in bounded queries.",
     resolve_zoned<row_moment>},
    {"PROCTIME", family, "PROCTIME()", "Processing time.", resolve_zoned<row_moment>},
    {"LOCALTIMESTAMP", family, "LOCALTIMESTAMP", "Now in the session's zone, as TIMESTAMP(3).",
     resolve_local_timestamp},
    {"CURRENT_DATE", family, "CURRENT_DATE", "Today in the session's zone.", resolve_date},
    {"CURRENT_TIME", family, "CURRENT_TIME", "The time of day in the session's zone.",
     resolve_time},
    {"LOCALTIME", family, "LOCALTIME", "The time of day in the session's zone.", resolve_time},
    {"CURRENT_WATERMARK", family, "CURRENT_WATERMARK(row time)",
     "The watermark here; NULL before the first.", resolve_watermark},
};

}  // namespace

std::span<const scalar_function> clock_functions() { return table; }

}  // namespace millrace::expr
