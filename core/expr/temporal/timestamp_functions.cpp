#include "core/data/civil_time.hpp"
#include "core/expr/families.hpp"
#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/expr/resolve.hpp"
#include "core/expr/temporal/units.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;
using parts = std::span<const expr_ptr>;

std::optional<time_unit> unit_of(const expr_ptr& e) {
  if (e->kind != expr_kind::literal || !is_text(e->type) || e->literal->is_null(0)) return {};
  return unit_named(e->literal->text(0));
}

error needs_unit(std::string_view name) {
  return make_error(errc::sql_bad_argument, std::string(name) + " needs a unit such as DAY or HOUR",
                    std::string(name) + "(unit, .., ..)");
}

// TIMESTAMPADD(unit, n, time) is time + n * INTERVAL '1' unit; a DATE becomes a timestamp when the
// unit is finer than a day.
result<expr_ptr> timestamp_add(parts p) {
  if (p.size() != 3) return make_error(errc::sql_bad_argument, "TIMESTAMPADD takes 3 arguments");
  const auto unit = unit_of(p[0]);
  if (!unit) return needs_unit("TIMESTAMPADD");
  const auto months = months_of(*unit), ms = milliseconds_of(*unit);
  if (months == 0 && ms == 0) return needs_unit("TIMESTAMPADD");
  const data_type interval(months != 0 ? type_id::interval_year_month : type_id::interval_day_time);
  MILLRACE_TRY(auto count, make_cast(p[1], data_type(type_id::bigint)));
  MILLRACE_TRY(auto by,
               make_call("*", {make_literal(integer_literal(interval, months != 0 ? months : ms)),
                               std::move(count)}));
  expr_ptr time = p[2];
  const bool finer = months == 0 && ms % data::ms_per_day != 0;
  if (time->type.id() == type_id::date && finer) {
    MILLRACE_TRY(time, make_cast(time, data_type::timestamp(0)));
  } else if (is_text(time->type)) {
    MILLRACE_TRY(time, make_cast(time, data_type::timestamp(3)));
  }
  return make_call("+", {std::move(time), std::move(by)});
}

// Whole months between two days, toward zero.
std::int64_t months_of_days(std::int64_t from, std::int64_t to) {
  if (from > to) return -months_of_days(to, from);
  const auto a = data::civil_from_days(from), b = data::civil_from_days(to);
  const std::int64_t months = (b.year - a.year) * 12 + b.month - a.month;
  return data::add_months(from, months) > to ? months - 1 : months;
}

// The time of day counts only where the months lead to the very same day, whichever time is the
// later one: so does Flink, and therefore swapped times may differ by more than the sign.
std::int64_t months_between(std::int64_t from, std::int64_t to, std::int64_t per_day) {
  const auto day_a = data::floor_div(from, per_day), day_b = data::floor_div(to, per_day);
  const auto months = months_of_days(day_a, day_b);
  const bool early = data::floor_mod(to, per_day) < data::floor_mod(from, per_day);
  return early && data::add_months(day_a, months) == day_b ? months - 1 : months;
}

struct prepared_difference final : prepared_state {
  explicit prepared_difference(time_unit u) : unit(u) {}
  time_unit unit;
};

result<std::shared_ptr<const prepared_state>> prepare_difference(
    const scalar_overload&, std::span<const data::column_ptr> arguments, const eval_context&) {
  const auto unit = unit_named(arguments[0]->text(0));
  return std::shared_ptr<const prepared_state>(std::make_shared<prepared_difference>(*unit));
}

result<data::column_ptr> difference(const kernel_call& call) {
  const auto unit = static_cast<const prepared_difference*>(call.prepared)->unit;
  const auto per_second = data::ticks_per_second(call.arguments[1]->type.precision());
  const any_values<std::int64_t> a(*call.arguments[1]), b(*call.arguments[2]);
  values_writer<std::int32_t> out(call.result_type, call.rows.stored);
  const std::int64_t months = months_of(unit);
  const std::int64_t step = months == 0 ? milliseconds_of(unit) * (per_second / 1000) : 1;
  for_each_valid(call, [&](std::uint32_t row) {
    const auto n = months != 0
                       ? months_between(a[row], b[row], per_second * data::seconds_per_day) / months
                       : (b[row] - a[row]) / step;
    out.at[row] = static_cast<std::int32_t>(n);
  });
  return data::column_ptr(out.column);
}

result<scalar_overload> resolve_difference(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 3, 3));
  const auto unit = unit_named(literal_word(site, 0));
  if (!unit || (months_of(*unit) == 0 && milliseconds_of(*unit) == 0))
    return needs_unit("TIMESTAMPDIFF");
  bool zoned = true;
  std::int32_t precision = 3;
  for (const auto& t : site.types.subspan(1)) {
    if (!data::is_temporal(t.id()) && !takes_text(t))
      return wrong_types(site, "TIMESTAMPDIFF(unit, from, to)");
    zoned &= t.id() == type_id::timestamp_ltz;
    if (is_timestamp(t)) precision = std::max(precision, t.precision());
  }
  const auto type = zoned ? data_type::timestamp_ltz(precision) : data_type::timestamp(precision);
  auto o = strict({data_type::string(), type, type}, of(type_id::integer), site, difference);
  o.prepare = prepare_difference;
  return o;
}

// (start, end or length) OVERLAPS (start, end or length): periods that touch count, as in Calcite.
result<expr_ptr> overlaps(parts p) {
  if (p.size() != 4) return make_error(errc::sql_bad_argument, "OVERLAPS takes two periods");
  expr_ptr ends[2][2];
  for (std::size_t i = 0; i < 2; ++i) {
    expr_ptr start = p[2 * i], end = p[2 * i + 1];
    if (is_interval(end->type)) {
      MILLRACE_TRY(end, make_call("+", {start, end}));
    }
    MILLRACE_TRY(ends[i][0], make_call("LEAST", {start, end}));
    MILLRACE_TRY(ends[i][1], make_call("GREATEST", {start, end}));
  }
  MILLRACE_TRY(auto left, make_call(">=", {ends[0][1], ends[1][0]}));
  MILLRACE_TRY(auto right, make_call(">=", {ends[1][1], ends[0][0]}));
  return make_call("AND", {std::move(left), std::move(right)});
}

constexpr std::string_view family = "temporal";

constexpr scalar_function table[] = {
    {"TIMESTAMPADD", family, "TIMESTAMPADD(unit, n, time)", "The time n units later.", nullptr,
     timestamp_add},
    {"TIMESTAMPDIFF", family, "TIMESTAMPDIFF(unit, from, to)",
     "Whole units between two times, toward zero.", resolve_difference},
    {"OVERLAPS", family, "(start, end) OVERLAPS (start, end)",
     "TRUE if two periods have a moment in common.", nullptr, overlaps},
};

}  // namespace

std::span<const scalar_function> timestamp_functions() { return table; }

}  // namespace millrace::expr
