#include "core/coordination/placement.hpp"

#include "tests/unit/core/coordination/graphs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace millrace::coordination {
namespace {

using testing::ElementsAre;
using enum placement_strategy;

// The worker of every slot of the job.
std::vector<std::uint32_t> workers_by_slot(const job_placement& p) {
  std::vector<std::uint32_t> workers;
  for (const std::uint32_t at : p.slots) workers.push_back(p.workers[at]);
  return workers;
}

TEST(placement_test, a_slot_takes_a_subtask_of_every_vertex) {
  const auto graph = graph_of({4, 4, 4});
  EXPECT_EQ(slots_needed(graph), 4U);
  EXPECT_THAT(share_slots(graph), ElementsAre(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3));
}

TEST(placement_test, single_tasks_do_not_pile_up) {
  EXPECT_THAT(share_slots(graph_of({1, 1, 1, 3})), ElementsAre(0, 1, 2, 0, 1, 2));
  EXPECT_THAT(share_slots(graph_of({2, 4, 2})), ElementsAre(0, 2, 0, 1, 2, 3, 1, 3));
}

TEST(placement_test, forward_edges_stay_in_a_slot) {
  auto graph = graph_of({1, 2, 2, 4});
  connect(graph, 1, 2, plan::exchange_kind::forward);
  connect(graph, 0, 3, plan::exchange_kind::hash);
  EXPECT_THAT(share_slots(graph), ElementsAre(0, 1, 3, 1, 3, 0, 1, 2, 3));
}

// A slot never holds two subtasks of one vertex, whatever the graph.
TEST(placement_test, no_slot_takes_two_subtasks_of_a_vertex) {
  const auto graph = graph_of({7, 3, 5, 1, 6, 2, 4});
  const auto slots = share_slots(graph);
  std::size_t task = 0;
  for (const auto& vertex : graph.vertices) {
    std::set<std::uint32_t> taken;
    for (std::uint32_t i = 0; i < vertex.parallelism; ++i) taken.insert(slots[task++]);
    EXPECT_EQ(taken.size(), vertex.parallelism);
    EXPECT_LT(*taken.rbegin(), 7U);
  }
  EXPECT_EQ(task, slots.size());
}

TEST(placement_test, spread_takes_the_least_used) {
  const std::vector<slot_offer> offers = {{1, 4, 4}, {2, 4, 4}, {3, 1, 4}};
  const auto p = place(graph_of({4}), offers, spread);
  EXPECT_THAT(workers_by_slot(p), ElementsAre(1, 2, 1, 2));
  EXPECT_THAT(p.workers, ElementsAre(1, 2));
  EXPECT_THAT(p.places, ElementsAre(0, 1, 0, 1));
}

TEST(placement_test, spread_goes_by_the_part_that_is_used) {
  const std::vector<slot_offer> offers = {{1, 1, 2}, {2, 6, 8}};
  EXPECT_THAT(workers_by_slot(place(graph_of({3}), offers, spread)), ElementsAre(2, 2, 1));
}

TEST(placement_test, pack_takes_as_few_workers_as_it_can) {
  const std::vector<slot_offer> offers = {{1, 4, 4}, {2, 3, 4}, {3, 2, 4}};
  EXPECT_THAT(workers_by_slot(place(graph_of({2}), offers, pack)), ElementsAre(3, 3));
  EXPECT_THAT(workers_by_slot(place(graph_of({3}), offers, pack)), ElementsAre(2, 2, 2));
  EXPECT_THAT(workers_by_slot(place(graph_of({6}), offers, pack)), ElementsAre(1, 1, 1, 1, 3, 3));
}

TEST(placement_test, says_how_many_slots_are_missing) {
  const std::vector<slot_offer> offers = {{1, 2, 2}, {2, 1, 2}};
  const auto p = place(graph_of({5, 2}), offers, spread);
  EXPECT_EQ(p.missing, 2U);
  EXPECT_TRUE(p.places.empty());
  EXPECT_EQ(place(graph_of({3}), offers, spread).missing, 0U);
  EXPECT_EQ(place(graph_of({1}), {}, pack).missing, 1U);
}

// Where the state's files lie: only the slots of the worker that died move.
TEST(placement_test, slots_stay_where_they_were) {
  const std::vector<slot_offer> offers = {{1, 2, 2}, {3, 2, 2}, {4, 2, 2}};
  const std::vector<std::uint32_t> before = {3, 2, 1, 2};
  for (const auto strategy : {spread, pack}) {
    const auto now = workers_by_slot(place(graph_of({4}), offers, strategy, before));
    EXPECT_EQ(now[0], 3U);
    EXPECT_EQ(now[2], 1U);
    EXPECT_THAT(std::set({now[1], now[3]}), testing::SizeIs(testing::Ge(1U)));
  }
}

TEST(placement_test, what_was_before_may_be_too_much) {
  const std::vector<slot_offer> offers = {{1, 1, 1}, {2, 3, 3}};
  const std::vector<std::uint32_t> before = {1, 1, 1, 1, 1};
  EXPECT_THAT(workers_by_slot(place(graph_of({3}), offers, spread, before)), ElementsAre(1, 2, 2));
}

TEST(placement_test, the_option_chooses_the_strategy) {
  EXPECT_EQ(placement_from_options({}).value(), spread);
  EXPECT_EQ(placement_from_options({{"cluster.evenly-spread-out-slots", "false"}}).value(), pack);
  EXPECT_FALSE(placement_from_options({{"cluster.evenly-spread-out-slots", "often"}}).ok());
}

}  // namespace
}  // namespace millrace::coordination
