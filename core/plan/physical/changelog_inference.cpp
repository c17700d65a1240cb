#include "core/plan/physical/changelog_inference.hpp"

#include <algorithm>

namespace millrace::plan {
namespace {

// The switch of an operator that can leave -U out; null for those that pass on what they get.
struct emit_switch_finder {
  bool* operator()(group_aggregate_spec& s) const { return &s.emit_update_before; }
  bool* operator()(deduplicate_spec& s) const { return &s.emit_update_before; }
  bool* operator()(rank_spec& s) const { return &s.emit_update_before; }
  bool* operator()(join_spec& s) const { return &s.emit_update_before; }
  bool* operator()(over_spec& s) const { return &s.emit_update_before; }
  bool* operator()(set_operation_spec& s) const { return &s.emit_update_before; }
  bool* operator()(changelog_normalize_spec& s) const { return &s.emit_update_before; }
  template <class Other>
  bool* operator()(Other&) const {
    return nullptr;
  }
};
bool* emit_switch(operator_spec& spec) { return std::visit(emit_switch_finder{}, spec); }

bool passes_through(const operator_spec& spec) {
  return std::holds_alternative<calc_spec>(spec) || std::holds_alternative<watermark_spec>(spec) ||
         std::holds_alternative<lookup_join_spec>(spec) || std::holds_alternative<union_spec>(spec);
}

bool subset(const std::vector<std::uint32_t>& part, const unique_key& all) {
  return std::all_of(part.begin(), part.end(),
                     [&](auto k) { return std::find(all.begin(), all.end(), k) != all.end(); });
}

// The key that readers may rely on when -U is left out of an edge; null: there is none.
const unique_key* usable_key(const plan_builder& builder, const physical_edge& edge) {
  for (const auto& key : builder.facts(edge.from).unique_keys)
    if (edge.exchange != exchange_kind::hash || subset(edge.keys, key)) return &key;
  return nullptr;
}

bool reader_needs(const plan_builder& builder, std::uint32_t reader, const physical_edge& edge,
                  const std::vector<bool>& needs) {
  const auto& node = builder.node(reader);
  if (!builder.facts(edge.from).updating) return false;
  if (std::holds_alternative<changelog_normalize_spec>(node.spec)) return false;
  if (std::holds_alternative<sink_spec>(node.spec))
    return needs[reader] || usable_key(builder, edge) == nullptr;
  if (!passes_through(node.spec)) return true;
  if (std::holds_alternative<union_spec>(node.spec)) return true;
  if (const auto* calc = std::get_if<calc_spec>(&node.spec); calc && calc->condition) return true;
  return needs[reader] || usable_key(builder, edge) == nullptr ||
         builder.facts(reader).unique_keys.empty();
}

}  // namespace

void infer_changelog_modes(plan_builder& builder, const std::vector<bool>& needs_old_rows) {
  std::vector<bool> needs = needs_old_rows;
  needs.resize(builder.size());
  for (auto reader = builder.size(); reader-- > 0;)
    for (const auto& edge : builder.node(reader).inputs)
      if (reader_needs(builder, reader, edge, needs)) needs[edge.from] = true;
  for (std::uint32_t i = 0; i < builder.size(); ++i) {
    auto& node = builder.node(i);
    const auto& facts = builder.facts(i);
    if (!facts.unique_keys.empty()) node.upsert_key = facts.unique_keys[0];
    if (!facts.updating || node.inputs.empty()) continue;
    if (auto* emit = emit_switch(node.spec)) {
      *emit = needs[i];
      node.mode = needs[i] ? changelog_mode::retract : changelog_mode::upsert;
      continue;
    }
    const bool upsert_below = std::any_of(
        node.inputs.begin(), node.inputs.end(),
        [&](const auto& edge) { return builder.node(edge.from).mode == changelog_mode::upsert; });
    const bool passes = passes_through(node.spec) || std::holds_alternative<sink_spec>(node.spec);
    node.mode = passes && upsert_below ? changelog_mode::upsert : changelog_mode::retract;
  }
}

}  // namespace millrace::plan
