#include "core/expr/registry.hpp"
#include "core/plan/logical/call_arguments.hpp"
#include "core/plan/lower/aggregate_phases.hpp"
#include "core/plan/lower/aggregate_text.hpp"
#include "core/plan/lower/lowering.hpp"
#include "core/plan/lower/state_ttl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace millrace::plan {

// The binder resolves calls for inserts; over an updating input another overload may be needed
// (MIN, MAX).
result<void> lowering::resolve_for(std::vector<aggregate_call>& calls,
                                   const std::vector<logical_column>& columns,
                                   bool retracting) const {
  if (!retracting) return {};
  for (auto& call : calls) {
    const auto* function = expr::find_aggregate(call.function);
    if (function == nullptr)
      return make_error(errc::sql_unknown_function,
                        fmt::format("no aggregate '{}'", call.function));
    std::vector<data::data_type> types;
    std::vector<data::column_ptr> literals;
    visit_arguments(
        call,
        [&](std::uint32_t column) {
          types.push_back(columns[column].type);
          literals.push_back(nullptr);
        },
        [&](const expr::bound_expr& constant) {
          types.push_back(constant.type);
          literals.push_back(constant.literal);
        });
    MILLRACE_TRY(call.overload, function->resolve({call.function, types, literals, nullptr}, true));
  }
  return {};
}

result<std::uint32_t> lowering::lower_aggregate(const logical_ptr& node) {
  const auto& aggregate = std::get<aggregate_node>(node->detail);
  if (const auto windows = window_columns_of(*node->inputs[0])) {
    const auto grouped = [&](std::uint32_t column) {
      return std::find(aggregate.groups.begin(), aggregate.groups.end(), column) !=
             aggregate.groups.end();
    };
    if (grouped(windows->start) && grouped(windows->end)) return windowed_aggregate(node, *windows);
  }
  MILLRACE_TRY(auto input, lower(node->inputs[0]));
  auto groups = aggregate.groups;
  if (!aggregate.sets.empty()) {
    MILLRACE_TRY(input, expanded(input, aggregate, groups));
  }
  const auto usual =
      std::exchange(ttl_ms_, batch_ ? 0 : hinted_ttl_ms(node->hints, "STATE_TTL", ttl_ms_));
  auto made = group_aggregate(input, std::move(groups), aggregate.calls, node->columns);
  ttl_ms_ = usual;
  return made;
}

result<std::uint32_t> lowering::group_aggregate(std::uint32_t input,
                                                std::vector<std::uint32_t> groups,
                                                std::vector<aggregate_call> calls,
                                                const std::vector<logical_column>& columns) {
  const auto& below = builder_.node(input).columns;
  MILLRACE_TRY(const auto strategy, read_aggregate_strategy(options_));
  group_aggregate_spec spec;
  spec.retracting_input = updating(input);
  MILLRACE_CHECK(resolve_for(calls, below, spec.retracting_input));
  spec.mini_batch = strategy.mini_batch;
  spec.mini_batch_rows = strategy.mini_batch_rows;
  spec.mini_batch_ms = strategy.mini_batch_ms;
  spec.ttl_ms = ttl();
  spec.groups = std::move(groups);
  spec.calls = std::move(calls);

  plan_builder::draft d;
  d.name = "GroupAggregate";
  d.description = fmt::format("groupBy=[{}], select=[{}]", names_of(spec.groups, below),
                              calls_text(spec.calls, below));
  if (spec.ttl_ms > 0) d.description += fmt::format(", stateTtl=[{} ms]", spec.ttl_ms);
  d.digest = d.description + calls_digest(spec.groups, spec.calls);
  d.columns = columns;
  d.facts.updating = true;
  unique_key key(spec.groups.size());
  std::iota(key.begin(), key.end(), 0u);
  d.facts.unique_keys.push_back(key);
  const bool in_two = strategy.mini_batch && strategy.wanted != aggregate_strategy::phases::one &&
                      adds_up(spec.calls, spec.retracting_input);
  if (in_two) {
    input = local_group_aggregate(input, spec, d);
    d.name = "GlobalGroupAggregate";
    spec.phase = aggregate_phase::global;
    spec.groups = std::move(key);
  }
  d.inputs.push_back(plan_builder::hash(input, spec.groups));
  d.spec = std::move(spec);
  return add_keeping(std::move(d));
}

// The half in front of the exchange. Its rows are partial states, so they are inserts also where
// it takes rows back.
std::uint32_t lowering::local_group_aggregate(std::uint32_t input, group_aggregate_spec spec,
                                              const plan_builder::draft& whole) {
  plan_builder::draft d;
  d.name = "LocalGroupAggregate";
  d.description = whole.description;
  d.digest = whole.digest;
  d.columns = partial_columns(builder_.node(input).columns, spec.groups, spec.calls);
  if (spec.retracting_input)
    d.columns.push_back({"$rows", data::data_type(data::type_id::bigint, false)});
  d.inputs.push_back(plan_builder::forward(input));
  spec.phase = aggregate_phase::local;
  d.spec = std::move(spec);
  return add_keeping(std::move(d));
}

// Grouping sets: every row once per set, with copies of the group columns that the set leaves out
// made NULL.
result<std::uint32_t> lowering::expanded(std::uint32_t input, const aggregate_node& aggregate,
                                         std::vector<std::uint32_t>& groups) {
  const auto width = static_cast<std::uint32_t>(builder_.node(input).columns.size());
  auto columns = builder_.node(input).columns;
  std::vector<expr::expr_ptr> expressions;
  for (std::uint32_t i = 0; i < width; ++i)
    expressions.push_back(expr::make_column(i, columns[i].type));
  for (auto& group : groups) {
    auto copy = columns[group];
    copy.type = copy.type.as_nullable();
    expressions.push_back(expr::make_column(group, copy.type));
    group = static_cast<std::uint32_t>(columns.size());
    columns.push_back(std::move(copy));
  }
  MILLRACE_TRY(const auto copied, calc(input, {}, std::move(expressions), columns));

  expand_spec spec;
  for (const auto& set : aggregate.sets) {
    std::vector<bool> keep(columns.size(), true);
    std::int64_t id = 0;
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      const bool kept = std::find(set.begin(), set.end(), g) != set.end();
      keep[groups[g]] = kept;
      id = id * 2 + (kept ? 0 : 1);
    }
    spec.keep.push_back(std::move(keep));
    spec.grouping_ids.push_back(id);
  }
  columns.push_back({"$e", data::data_type(data::type_id::bigint, false), time_attribute::none});
  groups.push_back(static_cast<std::uint32_t>(columns.size() - 1));
  plan_builder::draft d;
  d.name = "Expand";
  d.description = fmt::format("sets=[{}]", spec.keep.size());
  d.spec = std::move(spec);
  d.columns = std::move(columns);
  d.facts.updating = updating(copied);
  d.inputs.push_back(plan_builder::forward(copied));
  return builder_.add(std::move(d));
}

}  // namespace millrace::plan
