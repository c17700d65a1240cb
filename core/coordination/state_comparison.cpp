#include "core/coordination/state_comparison.hpp"

#include "core/plan/explain/explain.hpp"

#include <map>
#include <set>
#include <variant>

namespace millrace::coordination {

namespace {

// By operator id: what all its instances hold. Operators that keep nothing are left out.
std::map<std::string, operator_fate> stored_state(const checkpoint_manifest& checkpoint) {
  std::map<std::string, operator_fate> all;
  for (const auto& instance : checkpoint.operators) {
    if (instance.tables.empty() && instance.files.empty()) continue;
    operator_fate& o = all[instance.operator_id];
    o.fate = state_fate::dropped;
    o.operator_id = instance.operator_id;
    o.name = instance.description;
    for (const auto& file : instance.files) {
      o.entries += file.entries;
      o.bytes += file.bytes;
    }
  }
  for (const auto& reader : checkpoint.readers) {
    operator_fate& o = all[reader.operator_id];
    o.fate = state_fate::dropped;
    o.operator_id = reader.operator_id;
    if (o.name.empty()) o.name = "Source";
  }
  return all;
}

bool keeps_state(const plan::physical_plan& query, const plan::physical_node& node) {
  return std::holds_alternative<plan::source_spec>(node.spec) ||
         !plan::state_text(query, node).empty();
}

}  // namespace

std::vector<operator_fate> compare_state(const plan::physical_plan& query,
                                         const checkpoint_manifest& checkpoint) {
  auto stored = stored_state(checkpoint);
  std::vector<operator_fate> fates;
  for (const auto& node : query.nodes) {
    const auto at = stored.find(node.id);
    if (at != stored.end()) {
      fates.push_back(std::move(at->second));
      fates.back().fate = state_fate::kept;
      fates.back().name = node.name;
      stored.erase(at);
    } else if (keeps_state(query, node)) {
      fates.push_back({state_fate::added, node.id, node.name, 0, 0});
    }
  }
  for (auto& [id, fate] : stored) fates.push_back(std::move(fate));
  return fates;
}

}  // namespace millrace::coordination
