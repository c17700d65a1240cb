#include "core/plan/lower/aggregate_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace millrace::plan {
namespace {

using phases = aggregate_strategy::phases;

result<phases> read_phases(const option_reader& options) {
  constexpr std::string_view key = "table.optimizer.agg-phase-strategy";
  auto text = options.text(key, "AUTO");
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  if (text == "AUTO") return phases::automatic;
  if (text == "ONE_PHASE") return phases::one;
  if (text == "TWO_PHASE") return phases::two;
  return make_error(errc::config_bad_value,
                    fmt::format("{} is '{}', it must be AUTO, ONE_PHASE or TWO_PHASE", key, text));
}

error needs(std::string_view key, std::string_view example) {
  return make_error(errc::config_bad_value,
                    fmt::format("table.exec.mini-batch.enabled needs {} above 0", key),
                    fmt::format("SET '{}' = '{}'", key, example));
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) {
  return std::ranges::find(names, name) != std::end(names);
}

bool adds_up(const aggregate_call& call, bool retracting) {
  constexpr std::string_view sums[] = {"COUNT", "SUM", "$SUM0", "AVG"};
  constexpr std::string_view by_arrival[] = {"FIRST_VALUE", "LAST_VALUE", "SINGLE_VALUE"};
  const auto& overload = call.overload;
  if (call.distinct || overload.needs_ordered_values || overload.merge == nullptr) return false;
  return retracting ? is_one_of(call.function, sums) : !is_one_of(call.function, by_arrival);
}

}  // namespace

result<aggregate_strategy> read_aggregate_strategy(const option_reader& options) {
  aggregate_strategy out;
  MILLRACE_TRY(out.wanted, read_phases(options));
  MILLRACE_TRY(out.mini_batch, options.boolean("table.exec.mini-batch.enabled", false));
  MILLRACE_TRY(out.mini_batch_rows, options.integer("table.exec.mini-batch.size", -1));
  MILLRACE_TRY(out.mini_batch_ms, options.duration_ms("table.exec.mini-batch.allow-latency", 0));
  if (!out.mini_batch) return out;
  if (out.mini_batch_rows <= 0) return needs("table.exec.mini-batch.size", "5000");
  if (out.mini_batch_ms <= 0) return needs("table.exec.mini-batch.allow-latency", "2 s");
  return out;
}

bool adds_up(const std::vector<aggregate_call>& calls, bool retracting) {
  return std::ranges::all_of(calls, [&](const auto& call) { return adds_up(call, retracting); });
}

std::vector<logical_column> partial_columns(const std::vector<logical_column>& input,
                                            const std::vector<std::uint32_t>& groups,
                                            const std::vector<aggregate_call>& calls) {
  std::vector<logical_column> out;
  for (const auto g : groups) out.push_back(input[g]);
  for (const auto& call : calls)
    out.push_back({call.name, data::data_type::bytes(), time_attribute::none});
  return out;
}

}  // namespace millrace::plan
