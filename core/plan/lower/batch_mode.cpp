#include "core/plan/lower/batch_mode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace millrace::plan {
namespace {

// The switch of an operator that has two ways; null for those that only insert.
struct end_switch {
  bool* operator()(group_aggregate_spec& s) const {
    return s.phase == aggregate_phase::local ? nullptr : &s.at_end;
  }
  bool* operator()(deduplicate_spec& s) const {
    return s.row_time && !s.keep_last ? nullptr : &s.at_end;
  }
  bool* operator()(rank_spec& s) const { return &s.at_end; }
  bool* operator()(join_spec& s) const {
    return s.kind == join_kind::inner || s.kind == join_kind::semi ? nullptr : &s.at_end;
  }
  bool* operator()(over_spec& s) const {
    return s.order == over_spec::order_kind::value ? &s.at_end : nullptr;
  }
  bool* operator()(set_operation_spec& s) const { return &s.at_end; }
  bool* operator()(single_row_spec& s) const { return &s.at_end; }
  bool* operator()(changelog_normalize_spec& s) const { return &s.at_end; }
  template <class Other>
  bool* operator()(Other&) const {
    return nullptr;
  }
};

// As Flink calls them in its batch plans.
std::string_view batch_name(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"GroupAggregate", "HashAggregate"},
      {"LocalGroupAggregate", "LocalHashAggregate"},
      {"GlobalGroupAggregate", "GlobalHashAggregate"},
      {"ChangelogNormalize", "FinalRows"},
      {"Join", "HashJoin"}};
  const auto* found =
      std::ranges::find(names, name, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(names) ? name : found->second;
}

}  // namespace

result<bool> read_batch_mode(const option_reader& options) {
  auto mode = options.text("execution.runtime-mode", "STREAMING");
  std::ranges::transform(mode, mode.begin(), [](unsigned char c) { return std::toupper(c); });
  if (mode == "BATCH") return true;
  if (mode == "STREAMING") return false;
  return make_error(
      errc::config_bad_value,
      fmt::format("execution.runtime-mode is '{}', it must be STREAMING or BATCH", mode),
      "a script says itself which of the two it means");
}

void wait_for_end(plan_builder::draft& node) {
  node.name = batch_name(node.name);
  bool* at_end = std::visit(end_switch{}, node.spec);
  if (at_end == nullptr) return;
  *at_end = true;
  node.facts.updating = false;
  node.description += node.description.empty() ? "blocking" : ", blocking";
}

}  // namespace millrace::plan
