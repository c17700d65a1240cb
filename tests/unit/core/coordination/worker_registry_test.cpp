#include "core/coordination/worker_registry.hpp"

#include "tests/unit/core/coordination/graphs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace::coordination {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

worker_greeting named(const std::string& name, std::uint32_t slots = 2) {
  return {name, "tcp://" + name + ":1", "tcp://" + name + ":2", slots, "0.1.0", ""};
}

// Asks every 100 ms, as a coordinator does; gives who died and when.
std::map<std::uint32_t, timestamp_ms> deaths(worker_registry& registry, timestamp_ms from,
                                             timestamp_ms to) {
  std::map<std::uint32_t, timestamp_ms> dead;
  for (timestamp_ms now = from; now <= to; now += 100) {
    for (const std::uint32_t id : registry.on_time(now)) dead[id] = now;
  }
  return dead;
}

void hold(worker_registry& registry, const std::string& job, std::uint32_t parallelism) {
  const auto placement =
      place(graph_of({parallelism}), registry.offers(), placement_strategy::spread);
  ASSERT_EQ(placement.missing, 0U);
  registry.allocate(job, placement);
}

TEST(worker_registry_test, a_greeting_makes_a_worker_known) {
  worker_registry registry;
  const auto first = registry.on_greeting(named("a", 3), 10);
  const auto second = registry.on_greeting(named("b"), 20);
  EXPECT_NE(first.id, second.id);
  EXPECT_FALSE(second.replaced.has_value());
  ASSERT_NE(registry.find("a"), nullptr);
  EXPECT_EQ(registry.find("a"), registry.find(first.id));
  EXPECT_EQ(registry.find("a")->data_endpoint, "tcp://a:2");
  EXPECT_EQ(registry.find("a")->slots, 3U);
  EXPECT_EQ(registry.find("c"), nullptr);
}

TEST(worker_registry_test, a_second_greeting_replaces_the_worker) {
  worker_registry registry;
  const auto old = registry.on_greeting(named("a"), 0);
  hold(registry, "job", 2);
  const auto now = registry.on_greeting(named("a"), 100);
  EXPECT_EQ(now.replaced, old.id);
  EXPECT_NE(now.id, old.id);
  EXPECT_EQ(registry.find(old.id), nullptr);
  EXPECT_FALSE(registry.on_heartbeat(old.id, 200));
  EXPECT_EQ(registry.find("a")->used, 0U);
  EXPECT_THAT(registry.slots_of("job"), IsEmpty());
}

TEST(worker_registry_test, silence_kills) {
  worker_registry registry;
  const auto silent = registry.on_greeting(named("a"), 0).id;
  const auto lively = registry.on_greeting(named("b"), 0).id;
  EXPECT_THAT(deaths(registry, 0, 1900), IsEmpty());
  EXPECT_TRUE(registry.on_heartbeat(lively, 1900));
  EXPECT_THAT(deaths(registry, 2000, 3800), ElementsAre(std::pair(silent, 2000)));
  EXPECT_FALSE(registry.on_heartbeat(silent, 3800));
  EXPECT_THAT(deaths(registry, 3900, 4000), ElementsAre(std::pair(lively, 3900)));
  EXPECT_EQ(registry.next_time(), max_watermark);
}

TEST(worker_registry_test, the_time_out_is_configurable) {
  worker_registry registry(400);
  const auto id = registry.on_greeting(named("a"), 0).id;
  EXPECT_THAT(deaths(registry, 0, 1000), ElementsAre(std::pair(id, 400)));
}

// Asked only when it says so, it still notices in time.
TEST(worker_registry_test, says_when_to_ask_next) {
  worker_registry registry;
  EXPECT_EQ(registry.next_time(), max_watermark);
  const auto id = registry.on_greeting(named("a"), 1000).id;
  timestamp_ms now = 1000;
  std::vector<std::uint32_t> dead;
  while (dead.empty() && now < 10'000) {
    now = registry.next_time();
    dead = registry.on_time(now);
  }
  EXPECT_THAT(dead, ElementsAre(id));
  EXPECT_EQ(now, 3000);
}

// A coordinator that was stopped for 5 s finds the heartbeats of that time in its queue later.
TEST(worker_registry_test, a_coordinator_that_stood_still_blames_nobody) {
  worker_registry registry;
  const auto id = registry.on_greeting(named("a"), 0).id;
  EXPECT_THAT(deaths(registry, 0, 1000), IsEmpty());
  EXPECT_THAT(registry.on_time(6000), IsEmpty());
  EXPECT_THAT(deaths(registry, 6100, 6900), IsEmpty());
  EXPECT_THAT(deaths(registry, 7000, 7500), ElementsAre(std::pair(id, 7000)));
}

TEST(worker_registry_test, a_broken_connection_kills_at_once) {
  worker_registry registry;
  const auto id = registry.on_greeting(named("a"), 0).id;
  EXPECT_TRUE(registry.on_link_down(id));
  EXPECT_FALSE(registry.on_link_down(id));
  EXPECT_EQ(registry.find("a"), nullptr);
  EXPECT_THAT(registry.offers(), IsEmpty());
}

TEST(worker_registry_test, jobs_hold_slots_until_they_let_go) {
  worker_registry registry;
  const auto a = registry.on_greeting(named("a"), 0).id;
  const auto b = registry.on_greeting(named("b"), 0).id;
  hold(registry, "one", 2);
  hold(registry, "two", 1);
  EXPECT_THAT(registry.jobs_on(a), ElementsAre("one", "two"));
  EXPECT_THAT(registry.jobs_on(b), ElementsAre("one"));
  EXPECT_THAT(registry.slots_of("one"), ElementsAre(std::pair(a, 1U), std::pair(b, 1U)));
  ASSERT_EQ(registry.offers().size(), 1U);
  EXPECT_EQ(registry.offers()[0].worker, b);
  EXPECT_EQ(registry.offers()[0].free, 1U);
  registry.release("one");
  registry.release("unknown");
  EXPECT_EQ(registry.find(a)->used, 1U);
  EXPECT_EQ(registry.find(b)->used, 0U);
}

TEST(worker_registry_test, a_new_placement_takes_the_place_of_the_old) {
  worker_registry registry;
  const auto a = registry.on_greeting(named("a", 4), 0).id;
  hold(registry, "job", 3);
  registry.allocate("job", place(graph_of({1}), registry.offers(), placement_strategy::spread));
  EXPECT_EQ(registry.find(a)->used, 1U);
}

TEST(worker_registry_test, slots_of_a_dead_worker_are_gone) {
  worker_registry registry;
  const auto a = registry.on_greeting(named("a"), 0).id;
  const auto b = registry.on_greeting(named("b"), 0).id;
  hold(registry, "job", 4);
  registry.on_link_down(a);
  EXPECT_THAT(registry.slots_of("job"), ElementsAre(std::pair(b, 2U)));
  registry.release("job");
  EXPECT_EQ(registry.find(b)->used, 0U);
}

TEST(worker_registry_test, a_draining_worker_gives_no_slots) {
  worker_registry registry;
  const auto a = registry.on_greeting(named("a"), 0).id;
  hold(registry, "job", 1);
  EXPECT_TRUE(registry.set_draining(a, true));
  EXPECT_THAT(registry.offers(), IsEmpty());
  EXPECT_THAT(registry.jobs_on(a), ElementsAre("job"));
  EXPECT_TRUE(registry.set_draining(a, false));
  EXPECT_EQ(registry.offers()[0].free, 1U);
  EXPECT_FALSE(registry.set_draining(99, true));
}

}  // namespace
}  // namespace millrace::coordination
