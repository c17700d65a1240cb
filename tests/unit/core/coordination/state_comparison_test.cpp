#include "core/coordination/state_comparison.hpp"

#include <gtest/gtest.h>

namespace millrace::coordination {
namespace {

plan::physical_node node(std::string id, std::string name, plan::operator_spec spec) {
  plan::physical_node n;
  n.id = std::move(id);
  n.name = std::move(name);
  n.spec = std::move(spec);
  return n;
}

operator_state instance(std::string id, std::string name, std::uint32_t subtask,
                        std::uint64_t entries) {
  operator_state o;
  o.operator_id = std::move(id);
  o.description = std::move(name);
  o.subtask = subtask;
  o.parallelism = 2;
  o.tables.emplace_back();
  o.files.emplace_back();
  o.files[0].entries = entries;
  o.files[0].bytes = 10 * entries;
  return o;
}

TEST(state_comparison, matches_operators_by_their_ids) {
  plan::physical_plan query;
  query.nodes.push_back(node("scan", "TableSourceScan", plan::source_spec{}));
  query.nodes.push_back(node("calc", "Calc", plan::calc_spec{}));
  query.nodes.push_back(node("other", "GroupAggregate", plan::group_aggregate_spec{}));
  query.nodes.push_back(node("kept", "GroupAggregate", plan::group_aggregate_spec{}));
  for (std::uint32_t i = 1; i < 4; ++i) query.nodes[i].inputs.emplace_back().from = i - 1;
  checkpoint_manifest checkpoint;
  checkpoint.readers = {{"scan", 0, {{"file", "17"}}}};
  checkpoint.operators = {instance("kept", "GroupAggregate", 0, 3),
                          instance("kept", "GroupAggregate", 1, 4),
                          instance("gone", "Deduplicate", 0, 5)};
  // Without state of its own: neither kept nor dropped.
  checkpoint.operators.push_back({"calc-before", "Calc", 0, 1, {}, {}, {}, {}, false});
  EXPECT_EQ(compare_state(query, checkpoint),
            (std::vector<operator_fate>{{state_fate::kept, "scan", "TableSourceScan", 0, 0},
                                        {state_fate::added, "other", "GroupAggregate", 0, 0},
                                        {state_fate::kept, "kept", "GroupAggregate", 7, 70},
                                        {state_fate::dropped, "gone", "Deduplicate", 5, 50}}));
}

}  // namespace
}  // namespace millrace::coordination
