#include "core/base/config.hpp"
#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/plan/lower/window_columns.hpp"
#include "core/plan/rules/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace millrace::plan {
namespace {

constexpr std::string_view enabled_key = "table.optimizer.distinct-agg.split.enabled";
constexpr std::string_view buckets_key = "table.optimizer.distinct-agg.split.bucket-num";
constexpr std::int64_t default_buckets = 1024;

// What adds up the results of a call over the parts of a group; empty: nothing does.
std::string_view total_of(const std::string& function) {
  if (function == "COUNT") return "$SUM0";
  for (const std::string_view same : {"SUM", "$SUM0", "MIN", "MAX"})
    if (function == same) return same;
  return {};
}

bool is_windowed(const logical_node& node, const aggregate_node& aggregate) {
  const auto windows = window_columns_of(*node.inputs[0]);
  if (!windows) return false;
  const auto grouped = [&](std::uint32_t column) {
    return std::ranges::find(aggregate.groups, column) != aggregate.groups.end();
  };
  return grouped(windows->start) && grouped(windows->end);
}

// The column whose values DISTINCT calls tell apart; none if the aggregation cannot be split.
std::optional<std::uint32_t> distinct_column(const logical_node& node,
                                             const aggregate_node& aggregate) {
  std::optional<std::uint32_t> found;
  if (!aggregate.sets.empty() || is_windowed(node, aggregate)) return std::nullopt;
  for (const auto& call : aggregate.calls) {
    if (total_of(call.function).empty()) return std::nullopt;
    if (!call.distinct) continue;
    if (call.arguments.size() != 1 || (found && *found != call.arguments[0])) return std::nullopt;
    found = call.arguments[0];
  }
  return found;
}

// The input with one column more: the part that a value lies in.
result<logical_ptr> with_bucket(const logical_ptr& input, std::uint32_t value, int buckets) {
  std::vector<expr::expr_ptr> expressions;
  auto columns = input->columns;
  for (std::uint32_t i = 0; i < columns.size(); ++i)
    expressions.push_back(expr::make_column(i, columns[i].type));
  MILLRACE_TRY(auto bucket,
               expr::make_call("$HASH_BUCKET", {expressions[value],
                                                expr::make_literal(expr::int_literal(buckets))}));
  columns.push_back({"$bucket", bucket->type, time_attribute::none});
  expressions.push_back(std::move(bucket));
  return make_project(std::move(expressions), std::move(columns), input);
}

// The same calls over each part of a group.
logical_ptr partial_of(const logical_node& node, logical_ptr input) {
  auto partial = std::make_shared<logical_node>(node);
  auto& aggregate = std::get<aggregate_node>(partial->detail);
  const auto groups = static_cast<std::ptrdiff_t>(aggregate.groups.size());
  aggregate.groups.push_back(static_cast<std::uint32_t>(input->columns.size() - 1));
  partial->columns.insert(partial->columns.begin() + groups, input->columns.back());
  partial->inputs = {std::move(input)};
  return partial;
}

result<aggregate_call> total_call(const aggregate_call& call, std::uint32_t column,
                                  const data::data_type& type) {
  aggregate_call total;
  total.function = total_of(call.function);
  total.name = call.name;
  total.arguments = {column};
  total.constants = {nullptr};
  const data::column_ptr no_literal;
  const expr::call_site site{total.function, std::span(&type, 1), std::span(&no_literal, 1)};
  MILLRACE_TRY(total.overload, expr::find_aggregate(total.function)->resolve(site, false));
  return total;
}

result<logical_ptr> split(const logical_ptr& node, std::int64_t buckets) {
  const auto* aggregate = std::get_if<aggregate_node>(&node->detail);
  if (aggregate == nullptr) return node;
  const auto value = distinct_column(*node, *aggregate);
  if (!value) return node;
  MILLRACE_TRY(auto input, with_bucket(node->inputs[0], *value, static_cast<int>(buckets)));
  const auto partial = partial_of(*node, std::move(input));
  auto total = std::make_shared<logical_node>(*node);
  auto& final = std::get<aggregate_node>(total->detail);
  std::iota(final.groups.begin(), final.groups.end(), 0u);
  auto column = static_cast<std::uint32_t>(final.groups.size() + 1);
  for (auto& call : final.calls) {
    MILLRACE_TRY(call, total_call(call, column, partial->columns[column].type));
    ++column;
  }
  total->inputs = {partial};
  return logical_ptr(total);
}

}  // namespace

result<std::vector<logical_ptr>> split_distinct(const std::vector<logical_ptr>& roots,
                                                const option_map& options) {
  const option_reader reader(options);
  MILLRACE_TRY(const bool enabled, reader.boolean(enabled_key, false));
  if (!enabled) return roots;
  MILLRACE_TRY(const auto buckets, reader.integer(buckets_key, default_buckets));
  if (buckets < 1 || buckets > INT32_MAX)
    return make_error(errc::config_bad_value,
                      fmt::format("{} is {}, it must be above 0", buckets_key, buckets));
  return rebuild(roots, [&](const logical_ptr& node) { return split(node, buckets); });
}

}  // namespace millrace::plan
