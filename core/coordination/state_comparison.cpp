#include "core/coordination/state_comparison.hpp"

#include "core/coordination/state_takeover.hpp"
#include "core/plan/explain/explain.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <variant>

namespace millrace::coordination {

namespace {

// By operator id: what all its instances hold. Operators that keep nothing are left out.
std::map<std::string, operator_fate> stored_state(const checkpoint_manifest& checkpoint) {
  std::map<std::string, operator_fate> all;
  for (const auto& instance : checkpoint.operators) {
    if (instance.in_flight || (instance.tables.empty() && instance.files.empty())) continue;
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
  for (const auto& sink : checkpoint.sinks) {
    if (sink.committables.empty()) continue;
    operator_fate& o = all[sink.operator_id];
    o.fate = state_fate::dropped;
    o.operator_id = sink.operator_id;
    o.name = "Sink";
    o.entries += sink.committables.size();
  }
  return all;
}

std::string text_of(const std::vector<plan::aggregate_call>& calls) {
  std::string out;
  for (const plan::aggregate_call& call : calls) {
    std::string arguments;
    for (const auto& type : call.overload.argument_types) {
      arguments += (arguments.empty() ? "" : ", ") + data::to_text(type.as_nullable());
    }
    out += fmt::format("{}{}({}{})", out.empty() ? "" : ", ", call.function,
                       call.distinct ? "DISTINCT " : "", arguments);
  }
  return out;
}

// What the accumulators of an operator stand for, which their bytes do not say.
std::string functions_of(const plan::physical_node& node) {
  if (const auto* group = std::get_if<plan::group_aggregate_spec>(&node.spec)) {
    return text_of(group->calls);
  }
  const auto* window = std::get_if<plan::window_aggregate_spec>(&node.spec);
  return window != nullptr ? text_of(window->calls) : std::string();
}

// Checkpoints from before identities were noted have a line of functions at least.
std::string change_before_identities(const plan::physical_node& now,
                                     const checkpoint_manifest& checkpoint) {
  const auto noted = checkpoint.properties.find("functions of " + now.id);
  if (noted == checkpoint.properties.end() || noted->second == functions_of(now)) return {};
  return fmt::format("{} became {}", noted->second, functions_of(now));
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
  for (std::uint32_t i = 0; i < query.nodes.size(); ++i) {
    const plan::physical_node& node = query.nodes[i];
    const auto at = stored.find(node.id);
    if (at != stored.end()) {
      fates.push_back(std::move(at->second));
      fates.back().fate = state_fate::kept;
      fates.back().name = node.name;
      stored.erase(at);
      const auto takeover = takeover_of(query, i, checkpoint);
      auto refused = change_before_identities(node, checkpoint);
      if (refused.empty()) refused = takeover.refused;
      if (!refused.empty()) fates.back().fate = state_fate::changed;
      fates.back().change = refused.empty() ? takeover.noted : refused;
    } else if (keeps_state(query, node)) {
      fates.push_back({state_fate::added, node.id, node.name, 0, 0, {}});
    }
  }
  for (auto& [id, fate] : stored) fates.push_back(std::move(fate));
  return fates;
}

result<void> check_takeover(const plan::physical_plan& query, const checkpoint_manifest& checkpoint,
                            bool allow_dropped) {
  for (const operator_fate& o : compare_state(query, checkpoint)) {
    if (o.fate == state_fate::changed) {
      return make_error(errc::state_type_changed,
                        fmt::format("the state of operator {} {} cannot be taken over: {}", o.name,
                                    o.operator_id, o.change),
                        "start the query without it");
    }
    if (o.fate == state_fate::dropped && !allow_dropped) {
      return make_error(
          errc::state_type_changed,
          fmt::format("the query has no operator for the state of {} {}", o.name, o.operator_id),
          "millrace explain --against shows what it takes over; --allow-dropped-state goes on "
          "without the rest");
    }
  }
  return {};
}

}  // namespace millrace::coordination
