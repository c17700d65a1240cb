#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/clause_binder.hpp"

#include <algorithm>
#include <cctype>

namespace millrace::sql {

using data::data_type;
using data::type_id;
using expr::expr_ptr;

namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::optional<plan::window_kind> window_kind_of(std::string_view name) {
  if (name == "TUMBLE") return plan::window_kind::tumble;
  if (name == "HOP") return plan::window_kind::hop;
  if (name == "SESSION") return plan::window_kind::session;
  return std::nullopt;
}

std::optional<window_part> part_of(std::string_view suffix) {
  if (suffix == "_START") return window_part::start;
  if (suffix == "_END") return window_part::end;
  if (suffix == "_ROWTIME") return window_part::row_time;
  if (suffix == "_PROCTIME") return window_part::processing_time;
  return std::nullopt;
}

result<group_window> window_of(plan::window_kind kind, const function_call& e,
                               expression_binder& binder, text_position at) {
  const std::size_t intervals = kind == plan::window_kind::hop ? 2 : 1;
  if (e.arguments.size() == intervals + 2)
    return make_error(errc::sql_not_supported, e.arguments.back().value.at,
                      "an offset of a group window is not supported",
                      "use the windowing table function, which takes one");
  if (e.arguments.size() != intervals + 1)
    return make_error(errc::sql_bad_window, at,
                      "a group window takes a time attribute and " + std::to_string(intervals) +
                          " interval" + (intervals == 1 ? "" : "s"));
  group_window out;
  out.at = at;
  out.window.kind = kind;
  MILLRACE_TRY(out.time, binder.bind(e.arguments[0].value));
  const auto interval = [&](std::size_t i) -> result<std::int64_t> {
    MILLRACE_TRY(const auto bound, binder.bind(e.arguments[i].value));
    return interval_ms(bound, e.arguments[i].value.at, "a window");
  };
  if (kind == plan::window_kind::hop) {
    MILLRACE_TRY(out.window.slide, interval(1));
  }
  MILLRACE_TRY(out.window.size, interval(intervals));
  return out;
}

}  // namespace

result<std::int64_t> interval_ms(const expr_ptr& e, text_position at, std::string_view what) {
  const auto id = e->type.id();
  if (id != type_id::interval_day_time)
    return make_error(
        errc::sql_bad_window, at,
        std::string(what) + " needs a day-time interval, not " + data::to_text(e->type),
        "write INTERVAL '1' HOUR or the like; months and years have no fixed length");
  std::vector<std::uint32_t> columns;
  expr::collect_columns(*e, columns);
  if (!columns.empty() || !expr::is_deterministic(*e))
    return make_error(errc::sql_bad_window, at,
                      std::string(what) + " needs a constant interval, the same for all rows");
  expr::eval_context context;
  MILLRACE_TRY(const auto value, placed(expr::evaluate_constant(e, context), at));
  if (value->is_null(0) || value->value<std::int64_t>(0) <= 0)
    return make_error(errc::sql_bad_window, at,
                      std::string(what) + " needs an interval longer than zero");
  return value->value<std::int64_t>(0);
}

result<std::optional<group_window>> bind_group_window(const expression& e,
                                                      expression_binder& binder) {
  const auto* call = e.get_if<function_call>();
  if (call == nullptr || call->function.size() != 1) return std::optional<group_window>();
  const auto kind = window_kind_of(upper(call->function[0].text));
  if (!kind) return std::optional<group_window>();
  MILLRACE_TRY(auto window, window_of(*kind, *call, binder, e.at));
  const auto column = window.time->column;
  const auto& node = *binder.input().node;
  const bool timed = window.time->kind == expr::expr_kind::column && column < node.columns.size() &&
                     node.columns[column].time != plan::time_attribute::none;
  if (!timed)
    return make_error(errc::sql_bad_window, call->arguments[0].value.at,
                      "a group window needs a time attribute",
                      "declare WATERMARK for the column, or use PROCTIME()");
  window.window.processing_time =
      node.columns[column].time == plan::time_attribute::processing_time;
  window.window.local_zone = window.time->type.id() == type_id::timestamp_ltz;
  return std::optional(std::move(window));
}

result<expr_ptr> clause_binder::bind_clause_function(const std::string& function,
                                                     const function_call& e, text_position at) {
  if (function == "GROUPING" || function == "GROUPING_ID" || function == "GROUP_ID")
    return bind_grouping(function, e, at);
  for (const std::string_view window : {"TUMBLE", "HOP", "SESSION"})
    if (function.size() > window.size() && function.starts_with(window) &&
        part_of(std::string_view(function).substr(window.size())))
      return bind_auxiliary(function, e, at);
  return expr_ptr();
}

result<expr_ptr> clause_binder::bind_auxiliary(const std::string& function, const function_call& e,
                                               text_position at) {
  const auto split = function.find('_');
  const auto window_name = function.substr(0, split);
  const auto part = *part_of(std::string_view(function).substr(split));
  if (!state_.window || !rights_.aggregates)
    return make_error(errc::sql_bad_window, at,
                      function + " needs " + window_name + "(...) in GROUP BY");
  expression same{at, e};
  same.as<function_call>().function = {name{window_name, false, at}};
  expression_binder plain(queries(), scope(), "a group window");
  MILLRACE_TRY(const auto asked, bind_group_window(same, plain));
  const auto& window = *state_.window;
  if (!expr::equal(*asked->time, *window.time) || asked->window.kind != window.window.kind ||
      asked->window.size != window.window.size || asked->window.slide != window.window.slide)
    return make_error(errc::sql_bad_window, at, function + " differs from the window in GROUP BY",
                      "give it the same arguments");
  if (part == window_part::row_time && window.window.processing_time)
    return make_error(errc::sql_bad_window, at, function + " needs a window on event time",
                      "use " + window_name + "_PROCTIME");
  data_type type = data_type::timestamp(3, false);
  if (part == window_part::row_time) type = window.time->type.as_nullable(false);
  if (part == window_part::processing_time) type = data_type::timestamp_ltz(3, false);
  state_.auxiliaries.push_back({part});
  return expr::make_column(pending_index(pending_kind::auxiliary, state_.auxiliaries.size() - 1),
                           std::move(type));
}

result<expr_ptr> clause_binder::bind_grouping(const std::string& function, const function_call& e,
                                              text_position at) {
  if (!rights_.aggregates)
    return make_error(errc::sql_bad_aggregate, at,
                      function + " cannot stand in " + std::string(clause()));
  pending_grouping grouping;
  MILLRACE_TRY(grouping.arguments, bind_arguments(e));
  const bool numbers_doubles = function == "GROUP_ID";
  if (numbers_doubles && !grouping.arguments.empty())
    return make_error(errc::sql_bad_argument, at, "GROUP_ID takes no arguments");
  if (!numbers_doubles && grouping.arguments.empty())
    return make_error(errc::sql_bad_argument, at, function + " needs a grouped expression");
  state_.groupings.push_back(std::move(grouping));
  return expr::make_column(pending_index(pending_kind::grouping, state_.groupings.size() - 1),
                           data_type(type_id::bigint, false));
}

}  // namespace millrace::sql
