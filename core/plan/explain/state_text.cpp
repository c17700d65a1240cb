#include "core/plan/explain/explain.hpp"

#include <fmt/format.h>

namespace millrace::plan {
namespace {

std::string names(const std::vector<logical_column>& columns,
                  const std::vector<std::uint32_t>& indices) {
  std::string out;
  for (const auto i : indices) out += (out.empty() ? "" : ", ") + columns[i].name;
  return out.empty() ? "(global)" : out;
}

// One sentence per state table. Columns are the inputs'.
struct state_printer {
  const physical_plan& plan;
  const physical_node& node;

  const std::vector<logical_column>& input(std::size_t i = 0) const {
    return plan.nodes[node.inputs[i].from].columns;
  }

  using texts = std::vector<std::string>;
  texts operator()(const group_aggregate_spec& s) const {
    if (s.phase == aggregate_phase::local) return {};
    texts out{fmt::format("accumulators: [{}] -> {} aggregates", names(input(), s.groups),
                          s.calls.size())};
    for (const auto& call : s.calls)
      if (call.distinct)
        out.push_back(fmt::format("distinct values of {}", names(input(), call.arguments)));
    return out;
  }
  texts operator()(const window_aggregate_spec& s) const {
    if (s.phase == aggregate_phase::local) return {};
    return {fmt::format("slices: [{}] and window -> {} aggregates", names(input(), s.groups),
                        s.calls.size()),
            "timers: window ends"};
  }
  texts operator()(const deduplicate_spec& s) const {
    return {fmt::format("rows: [{}] -> row", names(input(), s.keys))};
  }
  texts operator()(const rank_spec& s) const {
    return {fmt::format("ranks: [{}] -> rows in order", names(input(), s.partition))};
  }
  texts operator()(const window_rank_spec& s) const {
    return {
        fmt::format("ranks: [{}] and window -> rows in order", names(input(), s.rank.partition)),
        "timers: window ends"};
  }
  texts operator()(const join_spec& s) const {
    return {fmt::format("left: [{}] -> rows", names(input(0), s.left_keys)),
            fmt::format("right: [{}] -> rows", names(input(1), s.right_keys))};
  }
  texts operator()(const interval_join_spec& s) const {
    return {fmt::format("left: [{}], time -> rows", names(input(0), s.left_keys)),
            fmt::format("right: [{}], time -> rows", names(input(1), s.right_keys))};
  }
  texts operator()(const window_join_spec& s) const {
    return {fmt::format("left: [{}] and window -> rows", names(input(0), s.left_keys)),
            fmt::format("right: [{}] and window -> rows", names(input(1), s.right_keys)),
            "timers: window ends"};
  }
  texts operator()(const temporal_join_spec& s) const {
    return {fmt::format("waiting: [{}], time -> rows", names(input(0), s.left_keys)),
            fmt::format("versions: [{}], time -> rows", names(input(1), s.right_keys))};
  }
  texts operator()(const over_spec& s) const {
    return {fmt::format("frames: [{}], order -> rows", names(input(), s.over.partition))};
  }
  texts operator()(const match_operator_spec& s) const {
    return {fmt::format("rows: [{}], time -> rows", names(input(), s.match->partition)),
            fmt::format("runs: [{}] -> open matches", names(input(), s.match->partition))};
  }
  texts operator()(const set_operation_spec&) const {
    return {"counts: row -> counts of both inputs"};
  }
  texts operator()(const temporal_sort_spec&) const { return {"waiting: time -> rows"}; }
  texts operator()(const sort_spec&) const { return {"rows: order -> rows"}; }
  texts operator()(const single_row_spec&) const { return {"row: the last one"}; }
  texts operator()(const changelog_normalize_spec& s) const {
    return {fmt::format("rows: [{}] -> row", names(input(), s.keys))};
  }
  texts operator()(const upsert_materialize_spec& s) const {
    return {fmt::format("rows: [{}] -> rows in order of change", names(input(), s.keys))};
  }
  template <class Stateless>
  texts operator()(const Stateless&) const {
    return {};
  }
};

}  // namespace

std::vector<std::string> state_text(const physical_plan& plan, const physical_node& node) {
  return std::visit(state_printer{plan, node}, node.spec);
}

}  // namespace millrace::plan
