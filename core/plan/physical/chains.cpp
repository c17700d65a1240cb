#include "core/plan/physical/chains.hpp"

#include <fmt/format.h>

#include <map>
#include <string>

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

// Operators without state of their own do not count in the names of those behind them.
bool stateless(const physical_node& node) {
  return std::holds_alternative<calc_spec>(node.spec) ||
         std::holds_alternative<union_spec>(node.spec) ||
         std::holds_alternative<correlate_spec>(node.spec) ||
         std::holds_alternative<expand_spec>(node.spec);
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
  for (auto& node : plan.nodes) {
    std::string text = stateless(node) ? std::string() : node.name;
    for (const auto& edge : node.inputs) text += "<" + plan.nodes[edge.from].id;
    for (const auto& edge : node.inputs)
      if (!stateless(node))
        for (const auto k : edge.keys) text += ":" + plan.nodes[edge.from].columns[k].name;
    if (const auto* source = std::get_if<source_spec>(&node.spec)) text += source->table->name;
    if (const auto* sink = std::get_if<sink_spec>(&node.spec); sink && sink->table)
      text += sink->table->name;
    const auto hash = fmt::format("{:016x}", fingerprint(text));
    const int twin = ordinals[hash]++;
    node.id = twin == 0 ? hash : fmt::format("{}-{}", hash, twin);
  }
}

}  // namespace millrace::plan
