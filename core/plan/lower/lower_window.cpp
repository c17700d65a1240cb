#include "core/plan/lower/aggregate_phases.hpp"
#include "core/plan/lower/aggregate_text.hpp"
#include "core/plan/lower/lowering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace millrace::plan {
namespace {

using property = window_aggregate_spec::property;
using phases = aggregate_strategy::phases;

std::string window_text(const window_spec& w, const std::vector<logical_column>& input) {
  constexpr std::string_view kinds[] = {"TUMBLE", "HOP", "CUMULATE", "SESSION"};
  return fmt::format("{}(time_col=[{}], size=[{} ms], slide=[{} ms], offset=[{} ms])",
                     kinds[static_cast<int>(w.kind)], input[w.time_column].name, w.size, w.slide,
                     w.offset);
}

std::string window_digest(const window_spec& w) {
  return fmt::format("{} {} {} {} {} {} {}", static_cast<int>(w.kind), w.time_column, w.size,
                     w.slide, w.offset, w.processing_time, w.local_zone);
}

std::optional<property> property_of(const window_columns& w, std::uint32_t column) {
  if (column == w.start) return property::window_start;
  if (column == w.end) return property::window_end;
  if (w.time && column == *w.time) return property::window_time;
  return std::nullopt;
}

// Windows that are made of slices of event time.
bool is_sliced(const window_aggregate_spec& spec) {
  return spec.window && !spec.window->processing_time && spec.window->kind != window_kind::session;
}

}  // namespace

result<std::uint32_t> lowering::lower_window_function(const logical_node& node) {
  const auto& function = std::get<window_function_node>(node.detail);
  MILLRACE_TRY(const auto input, lower(node.inputs[0]));
  MILLRACE_CHECK(insert_only(input, "a windowing table function"));
  plan_builder::draft d;
  d.name = "WindowTableFunction";
  d.description =
      fmt::format("window=[{}]", window_text(function.window, builder_.node(input).columns));
  d.digest = window_digest(function.window) + fmt::format("{}", fmt::join(function.partition, ","));
  d.spec = window_assign_spec{function.window, function.partition};
  d.columns = node.columns;
  d.inputs.push_back(function.window.kind == window_kind::session
                         ? plan_builder::hash(input, function.partition)
                         : plan_builder::forward(input));
  return builder_.add(std::move(d));
}

result<std::uint32_t> lowering::windowed_aggregate(const logical_ptr& node,
                                                   const window_columns& windows) {
  const auto& window = windows.window;
  // Flink aggregates HOP windows by slices, so it refuses them; here is no other reason.
  if (window.kind == window_kind::hop && window.size % window.slide != 0)
    return make_error(errc::sql_bad_window,
                      fmt::format("an aggregation over HOP windows needs a size that is a multiple "
                                  "of the slide, not {} ms and {} ms",
                                  window.size, window.slide),
                      "choose another slide, or GROUP BY HOP(...)");
  bool done = false;
  MILLRACE_TRY(const auto made, aggregate_over_function(node, windows, done));
  return done ? result<std::uint32_t>(made) : aggregate_over_columns(node, windows);
}

// Right above a window function (projections and filters between may not read its columns): the
// windows are computed by the aggregation itself, from the time column, without a row per window.
result<std::uint32_t> lowering::aggregate_over_function(const logical_ptr& node,
                                                        const window_columns& windows, bool& done) {
  const auto& aggregate = std::get<aggregate_node>(node->detail);
  if (!aggregate.sets.empty()) return 0u;
  const auto stack = stack_of(node->inputs[0]);
  const auto* function = std::get_if<window_function_node>(&stack.base->detail);
  if (function == nullptr) return 0u;
  const auto width = static_cast<std::uint32_t>(stack.base->inputs[0]->columns.size());
  const auto below_function = [&](const expr::expr_ptr& e) {
    std::vector<std::uint32_t> columns;
    expr::collect_columns(*e, columns);
    return columns.empty() || columns.back() < width;
  };
  if (!std::all_of(stack.conditions.begin(), stack.conditions.end(), below_function)) return 0u;

  std::vector<expr::expr_ptr> expressions;
  std::vector<logical_column> columns;
  std::vector<std::int32_t> place(stack.columns.size(), -1);
  bool reads_window = false;
  const auto need = [&](std::uint32_t column) -> std::uint32_t {
    if (place[column] < 0) {
      reads_window |= !below_function(stack.columns[column]);
      place[column] = static_cast<std::int32_t>(expressions.size());
      expressions.push_back(stack.columns[column]);
      columns.push_back(node->inputs[0]->columns[column]);
    }
    return static_cast<std::uint32_t>(place[column]);
  };
  window_aggregate_spec spec;
  spec.window = function->window;
  std::vector<std::int32_t> position;  // per group: index into spec.groups, or -1 - property
  for (const auto g : aggregate.groups) {
    if (const auto p = property_of(windows, g)) {
      position.push_back(-1 - static_cast<std::int32_t>(*p));
      continue;
    }
    position.push_back(static_cast<std::int32_t>(spec.groups.size()));
    spec.groups.push_back(need(g));
  }
  spec.calls = aggregate.calls;
  for (auto& call : spec.calls) {
    for (auto& a : call.arguments) a = need(a);
    if (call.filter) call.filter = need(*call.filter);
  }
  if (reads_window) return 0u;
  if (function->window.kind == window_kind::session) {
    // The session's keys must be the groups, else rows of one group would lie in windows of several
    // keys.
    std::vector<std::uint32_t> keys, groups;
    for (const auto p : function->partition) keys.push_back(p);
    for (const auto g : spec.groups)
      if (expressions[g]->kind == expr::expr_kind::column) groups.push_back(expressions[g]->column);
    std::sort(keys.begin(), keys.end());
    std::sort(groups.begin(), groups.end());
    if (keys != groups || groups.size() != spec.groups.size()) return 0u;
  }
  spec.window->time_column = static_cast<std::uint32_t>(expressions.size());
  const auto time = function->window.time_column;
  expressions.push_back(expr::make_column(time, stack.base->inputs[0]->columns[time].type));
  columns.push_back(stack.base->inputs[0]->columns[time]);
  MILLRACE_TRY(auto input, lower(stack.base->inputs[0]));
  MILLRACE_CHECK(insert_only(input, "a window aggregation"));
  MILLRACE_TRY(input, calc(input, stack.conditions, std::move(expressions), columns));
  done = true;
  return window_output(input, std::move(spec), columns, *node, position);
}

// Over columns that an earlier window operator has made.
result<std::uint32_t> lowering::aggregate_over_columns(const logical_ptr& node,
                                                       const window_columns& windows) {
  const auto& aggregate = std::get<aggregate_node>(node->detail);
  MILLRACE_TRY(auto input, lower(node->inputs[0]));
  MILLRACE_CHECK(insert_only(input, "a window aggregation"));
  auto groups = aggregate.groups;
  if (!aggregate.sets.empty()) {
    MILLRACE_TRY(input, expanded(input, aggregate, groups));
  }
  window_aggregate_spec spec;
  spec.start_column = windows.start;
  spec.end_column = windows.end;
  spec.local_zone = windows.window.local_zone;
  std::vector<std::int32_t> position;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto p =
        i < aggregate.groups.size() ? property_of(windows, aggregate.groups[i]) : std::nullopt;
    if (p) {
      position.push_back(-1 - static_cast<std::int32_t>(*p));
      continue;
    }
    position.push_back(static_cast<std::int32_t>(spec.groups.size()));
    spec.groups.push_back(groups[i]);
  }
  spec.calls = aggregate.calls;
  const auto columns = builder_.node(input).columns;
  return window_output(input, std::move(spec), columns, *node, position);
}

// Adds the aggregation and brings its output (groups, calls, properties) into the logical order.
result<std::uint32_t> lowering::window_output(std::uint32_t input, window_aggregate_spec spec,
                                              const std::vector<logical_column>& inputs,
                                              const logical_node& node,
                                              const std::vector<std::int32_t>& position) {
  std::vector<std::uint32_t> order(node.columns.size());
  std::vector<logical_column> columns(spec.groups.size() + spec.calls.size());
  const auto groups = static_cast<std::uint32_t>(spec.groups.size());
  for (std::uint32_t i = 0; i < node.columns.size(); ++i) {
    std::uint32_t at = 0;
    if (i >= position.size()) {
      at = groups + (i - static_cast<std::uint32_t>(position.size()));
    } else if (position[i] >= 0) {
      at = static_cast<std::uint32_t>(position[i]);
    } else {
      spec.properties.push_back(static_cast<property>(-1 - position[i]));
      at = groups + static_cast<std::uint32_t>(spec.calls.size() + spec.properties.size() - 1);
    }
    if (at >= columns.size()) columns.resize(at + 1);
    columns[at] = node.columns[i];
    order[i] = at;
  }
  plan_builder::draft d;
  d.name = "WindowAggregate";
  d.description =
      fmt::format("groupBy=[{}], window=[{}], select=[{}]", names_of(spec.groups, inputs),
                  spec.window ? window_text(*spec.window, inputs)
                              : fmt::format("win_end=[{}]", inputs[spec.end_column].name),
                  calls_text(spec.calls, inputs));
  d.digest = calls_digest(spec.groups, spec.calls) +
             (spec.window ? window_digest(*spec.window)
                          : fmt::format("{} {}", spec.start_column, spec.end_column));
  for (const auto p : spec.properties) d.digest += fmt::format(" p{}", static_cast<int>(p));
  d.columns = std::move(columns);
  MILLRACE_TRY(const auto strategy, read_aggregate_strategy(options_));
  if (strategy.wanted == phases::two && is_sliced(spec) && adds_up(spec.calls, false)) {
    input = local_window_aggregate(input, spec, d);
    d.name = "GlobalWindowAggregate";
    spec.phase = aggregate_phase::global;
    std::iota(spec.groups.begin(), spec.groups.end(), 0u);
  }
  d.inputs.push_back(plan_builder::hash(input, spec.groups));
  d.spec = std::move(spec);
  const auto made = builder_.add(std::move(d));
  return selected(made, order, node.columns);
}

// The half in front of the exchange: partial states of slices.
std::uint32_t lowering::local_window_aggregate(std::uint32_t input, window_aggregate_spec spec,
                                               const plan_builder::draft& whole) {
  const data::data_type bigint(data::type_id::bigint, false);
  plan_builder::draft d;
  d.name = "LocalWindowAggregate";
  d.description = whole.description;
  d.digest = whole.digest;
  d.columns = partial_columns(builder_.node(input).columns, spec.groups, spec.calls);
  d.columns.push_back({"$slice_end", bigint});
  d.columns.push_back({"$rows", bigint});
  d.inputs.push_back(plan_builder::forward(input));
  spec.phase = aggregate_phase::local;
  spec.properties.clear();
  d.spec = std::move(spec);
  return builder_.add(std::move(d));
}

result<std::uint32_t> lowering::lower_group_window(const logical_node& node) {
  const auto& group = std::get<group_window_node>(node.detail);
  MILLRACE_TRY(const auto input, lower(node.inputs[0]));
  MILLRACE_CHECK(insert_only(input, "a group window"));
  window_aggregate_spec spec;
  spec.window = group.window;
  spec.groups = group.groups;
  spec.calls = group.calls;
  spec.properties = {property::window_start, property::window_end, property::window_time,
                     property::proc_time};
  const auto& columns = builder_.node(input).columns;
  plan_builder::draft d;
  d.name = "GroupWindowAggregate";
  d.description =
      fmt::format("groupBy=[{}], window=[{}], select=[{}]", names_of(group.groups, columns),
                  window_text(group.window, columns), calls_text(group.calls, columns));
  d.digest = calls_digest(spec.groups, spec.calls) + window_digest(group.window);
  d.columns = node.columns;
  d.inputs.push_back(plan_builder::hash(input, spec.groups));
  d.spec = std::move(spec);
  return builder_.add(std::move(d));
}

}  // namespace millrace::plan
