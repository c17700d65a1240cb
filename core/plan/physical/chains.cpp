#include "core/plan/physical/chains.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::plan {
namespace {

bool joins_chain(const physical_plan& plan, const physical_node& node) {
  if (node.inputs.size() != 1) return false;
  const auto& edge = node.inputs[0];
  const auto& producer = plan.nodes[edge.from];
  if (producer.parallelism != node.parallelism) return false;
  return edge.exchange == exchange_kind::forward || node.parallelism == 1;
}

std::uint64_t fingerprint(const std::string& text) {
  std::uint64_t h = 1469598103934665603ULL;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return h;
}

bool is_local(const operator_spec& spec) {
  if (const auto* group = std::get_if<group_aggregate_spec>(&spec))
    return group->phase == aggregate_phase::local;
  const auto* window = std::get_if<window_aggregate_spec>(&spec);
  return window != nullptr && window->phase == aggregate_phase::local;
}

bool is_stateless(const physical_node& node) {
  return std::holds_alternative<calc_spec>(node.spec) ||
         std::holds_alternative<union_spec>(node.spec) ||
         std::holds_alternative<correlate_spec>(node.spec) ||
         std::holds_alternative<expand_spec>(node.spec) || is_local(node.spec);
}

// The global half of an aggregation has the state, so also the name, of the undivided one.
std::string_view stateful_name(const physical_node& node) {
  constexpr std::string_view global = "Global";
  const std::string_view name = node.name;
  return name.starts_with(global) ? name.substr(global.size()) : name;
}

// What an operator's id is made of. `inputs[i]` stands for the i-th node in the ids of its readers.
std::string id_text(const physical_plan& plan, const physical_node& node,
                    const std::vector<std::string>& inputs) {
  const bool stateless = is_stateless(node);
  std::string text(stateless ? std::string_view() : stateful_name(node));
  for (const auto& edge : node.inputs) text += "<" + inputs[edge.from];
  if (!stateless)
    for (const auto& edge : node.inputs)
      for (const auto k : edge.keys) text += ":" + plan.nodes[edge.from].columns[k].name;
  if (const auto* source = std::get_if<source_spec>(&node.spec)) text += source->table->name;
  if (const auto* sink = std::get_if<sink_spec>(&node.spec); sink && sink->table)
    text += sink->table->name;
  return text;
}

}  // namespace

void assign_chains(physical_plan& plan, bool chaining) {
  std::uint32_t next = 0;
  for (auto& node : plan.nodes) {
    const bool fused = chaining && joins_chain(plan, node);
    node.chain = fused ? plan.nodes[node.inputs[0].from].chain : next++;
  }
}

void assign_operator_ids(physical_plan& plan) {
  std::map<std::string, int> ordinals;
  std::vector<std::string> for_readers;
  for (auto& node : plan.nodes) {
    const auto hash = fmt::format("{:016x}", fingerprint(id_text(plan, node, for_readers)));
    const int twin = ordinals[hash]++;
    node.id = twin == 0 ? hash : fmt::format("{}-{}", hash, twin);
    // Operators without state of their own do not count in the ids of those behind them.
    const bool passes = is_stateless(node) && node.inputs.size() == 1;
    for_readers.push_back(passes ? for_readers[node.inputs[0].from] : node.id);
  }
}

}  // namespace millrace::plan
