#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/clause_binder.hpp"

#include <algorithm>
#include <array>

namespace millrace::sql {

using data::data_type;
using data::type_id;
using expr::expr_kind;
using expr::expr_ptr;

namespace {

constexpr std::string_view ranking[] = {"ROW_NUMBER",   "RANK",      "DENSE_RANK",
                                        "PERCENT_RANK", "CUME_DIST", "NTILE"};

bool is_ranking(std::string_view function) {
  return std::find(std::begin(ranking), std::end(ranking), function) != std::end(ranking);
}

data_type ranking_type(std::string_view function) {
  if (function == "PERCENT_RANK" || function == "CUME_DIST")
    return data_type(type_id::float64, false);
  return data_type(type_id::bigint, false);
}

error bad_frame(text_position at, std::string what) {
  return make_error(errc::sql_unsupported_order, at, std::move(what),
                    "a frame starts at UNBOUNDED PRECEDING or n PRECEDING and ends at CURRENT ROW");
}

}  // namespace

result<plan::over_frame> bind_frame(const window_spec& spec) {
  plan::over_frame frame;
  if (!spec.frame) return frame;
  const auto& given = *spec.frame;
  frame.rows = given.unit == frame_unit::rows;
  if (given.end.kind == frame_bound_kind::following ||
      given.end.kind == frame_bound_kind::unbounded_following)
    return bad_frame(given.at,
                     "a frame cannot end after the current row: a stream has no rows "
                     "ahead of it");
  if (given.end.kind != frame_bound_kind::current_row)
    return bad_frame(given.at, "a frame has to end at CURRENT ROW");
  if (given.start.kind == frame_bound_kind::following ||
      given.start.kind == frame_bound_kind::unbounded_following)
    return bad_frame(given.at, "a frame cannot start after the current row");
  if (given.start.kind == frame_bound_kind::current_row) frame.preceding = 0;
  return frame;
}

// A window with the parts of the named window it stands on.
result<window_spec> clause_binder::resolved_window(const window_spec& spec) const {
  if (!spec.base) return spec;
  std::vector<std::string> known;
  for (const auto& named : block_.windows) {
    known.push_back(named.window.text);
    if (named.window.text != spec.base->text) continue;
    MILLRACE_TRY(auto base, resolved_window(named.spec));
    if (!spec.partition_by.empty() || (!spec.order_by.empty() && !base.order_by.empty()) ||
        (spec.frame && base.frame))
      return make_error(errc::sql_bad_window, spec.at,
                        "window '" + spec.base->text + "' has that clause already");
    if (!spec.order_by.empty()) base.order_by = spec.order_by;
    if (spec.frame) base.frame = spec.frame;
    return base;
  }
  return make_error(errc::sql_bad_window, spec.base->at, "no window '" + spec.base->text + "'",
                    hint_for(spec.base->text, known));
}

namespace {

// Rows, or milliseconds of a day-time interval.
result<std::int64_t> frame_offset(const window_frame& frame, expression_binder& binder) {
  if (frame.unit == frame_unit::rows) return constant_count(*frame.start.offset, "n PRECEDING");
  MILLRACE_TRY(const auto offset, binder.bind(*frame.start.offset));
  return interval_ms(offset, frame.at, "RANGE");
}

result<void> check_order(const std::vector<bound_order>& order, const plan::over_frame& frame,
                         const relation& input, bool ranked, text_position at) {
  if (order.empty())
    return make_error(errc::sql_unsupported_order, at, "OVER needs ORDER BY on a stream",
                      "order by a time attribute");
  if (ranked || order[0].value->kind != expr_kind::column) return {};
  const auto column = order[0].value->column;
  const bool timed = column < input.node->columns.size() &&
                     input.node->columns[column].time != plan::time_attribute::none;
  if (timed && order[0].descending)
    return make_error(errc::sql_unsupported_order, at,
                      "OVER on a time attribute must be ascending on a stream", "leave DESC out");
  if (!timed && frame.preceding && column < input.node->columns.size())
    return make_error(errc::sql_unsupported_order, at,
                      "a bounded OVER frame must be ordered by a time attribute",
                      "order by the column that WATERMARK or PROCTIME() makes a time attribute");
  return {};
}

}  // namespace

result<void> clause_binder::bind_over_aggregate(const std::string& function, const function_call& e,
                                                text_position at, pending_over& into) {
  expr::aggregate_overload overload;
  MILLRACE_CHECK(resolve_aggregate(function, at, into.arguments, into.call.constants, overload));
  into.call.type = overload.result_type;
  into.call.overload = std::move(overload);
  into.call.distinct = e.quantifier == set_quantifier::distinct;
  return {};
}

// LAG(x, offset, default): the offset and the default are constants.
static result<void> bind_lag(text_position at, pending_over& into) {
  if (into.arguments.empty() || into.arguments.size() > 3)
    return make_error(errc::sql_bad_argument, at, "LAG takes a value, an offset and a default");
  auto arguments = std::move(into.arguments);
  into.arguments = {arguments[0]};
  into.call.type = arguments[0]->type.as_nullable();
  auto offset = arguments.size() > 1 ? arguments[1] : expr::make_literal(expr::int_literal(1));
  MILLRACE_TRY(offset, placed(expr::make_cast(offset, data_type(type_id::bigint, false)), at));
  into.call.constants.push_back(offset);
  if (arguments.size() < 3) return {};
  MILLRACE_TRY(auto otherwise, placed(expr::make_cast(arguments[2], arguments[0]->type), at));
  into.call.constants.push_back(std::move(otherwise));
  return {};
}

result<void> clause_binder::bind_over_arguments(const function_call& e, text_position at,
                                                pending_over& into) {
  const auto& function = into.call.function;
  MILLRACE_TRY(into.arguments, bind_arguments(e));
  if (e.filter && (function == "LAG" || is_ranking(function)))
    return make_error(errc::sql_bad_aggregate, at, function + " takes no FILTER");
  if (function == "LEAD")
    return make_error(errc::sql_unsupported_order, at, "LEAD looks ahead: a stream cannot",
                      "use LAG with the order turned around");
  if (function == "LAG") return bind_lag(at, into);
  if (is_ranking(function)) {
    into.call.type = ranking_type(function);
    into.call.constants = std::exchange(into.arguments, {});
    return {};
  }
  if (e.filter) MILLRACE_CHECK(filter_arguments(function, e, at, into));
  return bind_over_aggregate(function, e, at, into);
}

// The aggregates that take FILTER with OVER pass over NULLs, so that NULL stands for what is
// filtered out.
result<void> clause_binder::filter_arguments(const std::string& function, const function_call& e,
                                             text_position at, pending_over& into) {
  if (function == "ARRAY_AGG")
    return make_error(errc::sql_not_supported, at, "ARRAY_AGG takes no FILTER with OVER",
                      "filter the rows in a sub-query");
  MILLRACE_TRY(auto condition, bind_condition(*e.filter));
  if (into.arguments.empty())
    into.arguments.push_back(expr::make_literal(expr::boolean_literal(true)));
  const auto nothing = expr::make_literal(expr::null_literal(data_type(type_id::null)));
  MILLRACE_TRY(into.arguments[0],
               call(at, "CASE", {std::move(condition), into.arguments[0], nothing}));
  return {};
}

result<expr_ptr> clause_binder::bind_over(const std::string& function, const function_call& e,
                                          text_position at) {
  if (!rights_.overs) return expression_binder::bind_over(function, e, at);
  if (inside_over_ || inside_aggregate_)
    return make_error(errc::sql_bad_window, at,
                      function + " OVER stands inside of another aggregate",
                      "compute it in a sub-query first");
  MILLRACE_TRY(const auto spec, resolved_window(*e.over));
  pending_over call;
  call.at = at;
  call.call.function = function;
  inside_over_ = true;
  const auto bind_parts = [&]() -> result<void> {
    MILLRACE_CHECK(bind_over_arguments(e, at, call));
    MILLRACE_TRY(call.partition, bind_all(spec.partition_by));
    MILLRACE_TRY(call.order, bind_order(spec.order_by));
    MILLRACE_TRY(call.frame, bind_frame(spec));
    if (spec.frame && spec.frame->start.kind == frame_bound_kind::preceding) {
      MILLRACE_TRY(call.frame.preceding, frame_offset(*spec.frame, *this));
    }
    return {};
  };
  const auto bound = bind_parts();
  inside_over_ = false;
  if (!bound.ok()) return bound.error();
  MILLRACE_CHECK(check_order(call.order, call.frame, input(), is_ranking(function), at));
  auto type = call.call.type;
  state_.overs.push_back(std::move(call));
  return expr::make_column(pending_index(pending_kind::over, state_.overs.size() - 1),
                           std::move(type));
}

}  // namespace millrace::sql
