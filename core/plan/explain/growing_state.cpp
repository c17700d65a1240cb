#include "core/plan/explain/growing_state.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::plan {

namespace {

constexpr std::string_view by_keys = "keeps something for every key it has met";
constexpr std::string_view by_rows = "keeps every row";
constexpr std::string_view time_to_live = "table.exec.state.ttl sets a limit";

// What of an operator's state grows, and what is to be done about it. Empty: nothing.
struct growth {
  std::string_view what;
  std::string_view remedy = time_to_live;
};

struct growth_of {
  const std::vector<bool>& endless;  // by input

  static growth keyed(std::int64_t ttl_ms, bool has_keys) {
    return ttl_ms == 0 && has_keys ? growth{by_keys} : growth{};
  }
  growth operator()(const group_aggregate_spec& s) const {
    if (s.phase == aggregate_phase::local) return {};
    const bool values = std::ranges::any_of(s.calls, [](const aggregate_call& c) {
      return c.distinct || c.overload.needs_ordered_values;
    });
    return keyed(s.ttl_ms, !s.groups.empty() || values);
  }
  growth operator()(const join_spec& s) const {
    const bool left = endless[0] && s.left_ttl_ms == 0;
    const bool right = endless[1] && s.right_ttl_ms == 0;
    return left || right ? growth{by_rows} : growth{};
  }
  growth operator()(const deduplicate_spec& s) const { return keyed(s.ttl_ms, !s.keys.empty()); }
  growth operator()(const rank_spec& s) const {
    return keyed(s.ttl_ms, !s.partition.empty() || s.retracting_input);
  }
  growth operator()(const over_spec& s) const {
    if (s.ttl_ms > 0) return {};
    if (s.order == over_spec::order_kind::value) return {by_rows};
    const bool forgets = s.over.frame.preceding && !s.over.frame.rows;
    return forgets || s.over.partition.empty() ? growth{} : growth{by_keys};
  }
  growth operator()(const set_operation_spec&) const {
    return {"keeps every distinct row", "a window in front of it sets a limit"};
  }
  growth operator()(const changelog_normalize_spec& s) const { return keyed(s.ttl_ms, true); }
  growth operator()(const upsert_materialize_spec& s) const { return keyed(s.ttl_ms, true); }
  template <class Other>
  growth operator()(const Other&) const {
    return {};
  }
};

}  // namespace

std::vector<std::string> growing_state(
    const physical_plan& plan, const std::function<bool(const table_definition&)>& bounded) {
  std::vector<std::string> out;
  std::vector<bool> endless(plan.nodes.size(), false);
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const physical_node& node = plan.nodes[i];
    const auto* source = std::get_if<source_spec>(&node.spec);
    if (source != nullptr) endless[i] = !bounded(*source->table);
    std::vector<bool> inputs;
    for (const auto& edge : node.inputs) inputs.push_back(endless[edge.from]);
    if (std::ranges::find(inputs, true) == inputs.end()) continue;
    endless[i] = true;
    const growth g = std::visit(growth_of{inputs}, node.spec);
    if (g.what.empty()) continue;
    out.push_back(fmt::format("state grows without bound: {}({}) {}; {}", node.name,
                              node.description, g.what, g.remedy));
  }
  return out;
}

}  // namespace millrace::plan
