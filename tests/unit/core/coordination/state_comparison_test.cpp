#include "core/coordination/state_comparison.hpp"

#include "core/coordination/state_takeover.hpp"

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
            (std::vector<operator_fate>{{state_fate::kept, "scan", "TableSourceScan", 0, 0, ""},
                                        {state_fate::added, "other", "GroupAggregate", 0, 0, ""},
                                        {state_fate::kept, "kept", "GroupAggregate", 7, 70, ""},
                                        {state_fate::dropped, "gone", "Deduplicate", 5, 50, ""}}));
}

plan::aggregate_call call(std::string function, data::type_id argument) {
  plan::aggregate_call c;
  c.function = std::move(function);
  c.arguments = {0};
  c.overload.argument_types = {data::data_type(argument)};
  c.overload.slots.resize(1);
  return c;
}

plan::physical_plan aggregating(plan::aggregate_call what) {
  plan::physical_plan query;
  query.nodes = {node("scan", "TableSourceScan", plan::source_spec{})};
  query.nodes[0].columns = {{"price", what.overload.argument_types[0]}};
  plan::group_aggregate_spec spec;
  spec.calls = {std::move(what)};
  query.nodes.push_back(node("sums", "GroupAggregate", std::move(spec)));
  query.nodes[1].inputs.emplace_back();
  return query;
}

TEST(state_comparison, tells_functions_apart_whose_accumulators_look_alike) {
  const auto sums = aggregating(call("SUM", data::type_id::bigint));
  const auto maxima = aggregating(call("MAX", data::type_id::bigint));
  checkpoint_manifest checkpoint;
  checkpoint.operators = {instance("sums", "GroupAggregate", 0, 3)};
  EXPECT_TRUE(check_takeover(maxima, checkpoint, true).ok()) << "nothing is noted";
  note_identities(sums, checkpoint);
  EXPECT_TRUE(check_takeover(sums, checkpoint, true).ok());
  EXPECT_EQ(compare_state(maxima, checkpoint).at(1).fate, state_fate::changed);
  const auto refused = check_takeover(maxima, checkpoint, true);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, errc::state_type_changed);
  EXPECT_NE(refused.error().message.find("SUM(price) of BIGINT became MAX(price) of BIGINT"),
            std::string::npos)
      << refused.error().message;
}

TEST(state_comparison, compares_functions_where_only_these_were_noted) {
  checkpoint_manifest checkpoint;
  checkpoint.operators = {instance("sums", "GroupAggregate", 0, 3)};
  checkpoint.properties["functions of sums"] = "SUM(BIGINT)";
  EXPECT_TRUE(
      check_takeover(aggregating(call("SUM", data::type_id::bigint)), checkpoint, true).ok());
  EXPECT_FALSE(
      check_takeover(aggregating(call("SUM", data::type_id::integer)), checkpoint, true).ok());
}

TEST(state_comparison, drops_state_only_when_that_is_allowed) {
  const plan::physical_plan query;
  checkpoint_manifest checkpoint;
  EXPECT_TRUE(check_takeover(query, checkpoint, false).ok());
  checkpoint.sinks = {{"sink", 0, {"staged"}}};
  EXPECT_FALSE(check_takeover(query, checkpoint, false).ok()) << "its rows would never come out";
  checkpoint.sinks.clear();
  checkpoint.operators = {instance("gone", "Deduplicate", 0, 5)};
  EXPECT_FALSE(check_takeover(query, checkpoint, false).ok());
  EXPECT_TRUE(check_takeover(query, checkpoint, true).ok());
}

}  // namespace
}  // namespace millrace::coordination
