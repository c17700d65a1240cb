// Registry, placement and catalogue together under seeded storms: workers come, die, fall silent,
// start again and are drained; jobs come, fail, are placed anew and end; the coordinator stands
// still and is replaced. After every step the slots must add up, counted by other means.

#include "core/coordination/job_catalogue.hpp"
#include "core/coordination/worker_registry.hpp"
#include "tests/unit/core/coordination/graphs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace millrace::coordination {
namespace {

/// A cluster as its coordinator sees it, and what is true of it.
class storm {
 public:
  explicit storm(std::uint64_t seed) : random_(seed) {}

  void step() {
    now_ += static_cast<timestamp_ms>(draw(200));
    switch (draw(10)) {
      case 0:
      case 1: greet("worker-" + std::to_string(draw(12))); break;
      case 2: lose(); break;
      case 3: drain(); break;
      case 4: hush(); break;
      case 5:
      case 6: submit(); break;
      case 7: end_job(); break;
      case 8: stand_still(); break;
      default: change_leader();
    }
    heartbeats();
    schedule();
    check();
  }

 private:
  struct living {
    std::uint32_t id = 0;
    std::uint32_t slots = 0;
    bool silent = false;
    timestamp_ms silent_since = 0;
  };
  struct placed {
    job_graph graph;
    job_placement placement;
    std::vector<std::uint32_t> before;  // worker by slot
  };

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }

  void greet(const std::string& name) {
    const auto slots = static_cast<std::uint32_t>(1 + draw(4));
    const auto admitted = registry_.on_greeting({name, "c", "d", slots, "0.1.0", ""}, now_);
    EXPECT_EQ(admitted.replaced.has_value(), alive_.contains(name));
    if (admitted.replaced) died(*admitted.replaced);
    alive_[name] = {admitted.id, slots, false, 0};
  }

  void lose() {
    if (alive_.empty()) return;
    const auto at = std::next(alive_.begin(), static_cast<long>(draw(alive_.size())));
    const std::uint32_t id = at->second.id;
    EXPECT_TRUE(registry_.on_link_down(id));
    alive_.erase(at);
    died(id);
  }

  void hush() {
    if (alive_.empty()) return;
    auto& worker = std::next(alive_.begin(), static_cast<long>(draw(alive_.size())))->second;
    if (!worker.silent) worker.silent_since = now_;
    worker.silent = true;
  }

  void drain() {
    if (alive_.empty()) return;
    const auto at = std::next(alive_.begin(), static_cast<long>(draw(alive_.size())));
    EXPECT_TRUE(registry_.set_draining(at->second.id, draw(2) == 0));
  }

  void submit() {
    char id[17];
    std::snprintf(id, sizeof id, "%016llx", static_cast<unsigned long long>(++jobs_made_));
    job_definition job;
    job.id = id;
    ASSERT_TRUE(catalogue_.on_submit("job", std::move(job), "", now_).ok());
    const auto p = static_cast<std::uint32_t>(1 + draw(6));
    waiting_[id].graph = graph_of({1, p, static_cast<std::uint32_t>(1 + draw(p))});
  }

  void end_job() {
    if (running_.empty()) return;
    const auto at = std::next(running_.begin(), static_cast<long>(draw(running_.size())));
    EXPECT_TRUE(draw(2) == 0 ? catalogue_.on_finished(at->first, now_)
                             : catalogue_.on_cancelled(at->first, now_));
    registry_.release(at->first);
    running_.erase(at);
  }

  // Nobody is asked for ten seconds; that must kill nobody who was heard before.
  void stand_still() {
    now_ += 10'000;
    EXPECT_TRUE(registry_.on_time(now_).empty());
    for (auto& [name, worker] : alive_) worker.silent_since += 10'000;
  }

  // The new leader knows what is stored; workers greet again, jobs are deployed again.
  void change_leader() {
    std::vector<job_entry> kept;
    for (const auto* entry : catalogue_.list()) kept.push_back(*entry);
    catalogue_ = job_catalogue(std::move(kept), 10);
    registry_ = worker_registry();
    for (auto& [id, job] : running_) waiting_[id] = std::move(job);
    running_.clear();
    for (auto& [id, job] : waiting_) job.before.clear();
    EXPECT_EQ(catalogue_.unfinished().size(), waiting_.size());
    for (const auto& [name, worker] : std::exchange(alive_, {})) {
      if (!worker.silent) greet(name);
    }
  }

  void died(std::uint32_t worker) {
    std::vector<std::string> hit;
    for (const auto& [id, job] : running_) {
      if (std::ranges::count(job.placement.workers, worker) != 0) hit.push_back(id);
    }
    for (const auto& id : hit) {
      EXPECT_TRUE(catalogue_.on_failure(id, {now_, 0, "", error{}}, true));
      registry_.release(id);
      waiting_[id] = std::move(running_[id]);
      running_.erase(id);
    }
  }

  void heartbeats() {
    for (timestamp_ms end = now_ + 400; now_ < end; now_ += 100) {
      for (const auto& [name, worker] : alive_) {
        const bool known = worker.silent || registry_.on_heartbeat(worker.id, now_);
        EXPECT_TRUE(known) << name;
      }
      for (const std::uint32_t id : registry_.on_time(now_)) bury(id);
    }
  }

  // A dead worker has been silent for as long as it may be, and not much longer.
  void bury(std::uint32_t id) {
    const auto at = std::ranges::find(alive_, id, [](const auto& w) { return w.second.id; });
    ASSERT_NE(at, alive_.end());
    EXPECT_TRUE(at->second.silent);
    EXPECT_GE(now_ - at->second.silent_since, 1500);
    EXPECT_LE(now_ - at->second.silent_since, 3000);
    alive_.erase(at);
    died(id);
  }

  void schedule() {
    std::vector<std::string> ids;
    for (const auto& [id, job] : waiting_) ids.push_back(id);
    for (const auto& id : ids) {
      auto& job = waiting_[id];
      const auto offers = registry_.offers();
      const auto how = draw(2) == 0 ? placement_strategy::spread : placement_strategy::pack;
      job.placement = place(job.graph, offers, how, job.before);
      check_offer(job, offers);
      if (job.placement.missing != 0) continue;
      registry_.allocate(id, job.placement);
      const auto attempt = catalogue_.on_deploy(id);
      ASSERT_TRUE(attempt.has_value());
      EXPECT_GT(*attempt, last_attempt_);
      last_attempt_ = *attempt;
      EXPECT_TRUE(catalogue_.on_running(id, now_));
      job.before.clear();
      for (const std::uint32_t at : job.placement.slots) {
        job.before.push_back(job.placement.workers[at]);
      }
      running_[id] = std::move(job);
      waiting_.erase(id);
    }
  }

  static void check_offer(const placed& job, const std::vector<slot_offer>& offers) {
    std::map<std::uint32_t, std::uint32_t> free;
    std::uint32_t sum = 0;
    for (const auto& offer : offers) sum += free[offer.worker] = offer.free;
    const std::uint32_t needed = slots_needed(job.graph);
    ASSERT_EQ(job.placement.missing, needed > sum ? needed - sum : 0);
    if (job.placement.missing != 0) return;
    ASSERT_EQ(job.placement.places.size(), job.graph.task_count());
    ASSERT_EQ(job.placement.slots.size(), needed);
    for (const std::uint32_t at : job.placement.slots) {
      EXPECT_GT(free[job.placement.workers.at(at)]--, 0U);
    }
  }

  void check() {
    ASSERT_EQ(registry_.workers().size(), alive_.size());
    std::map<std::uint32_t, std::uint32_t> used;
    for (const auto& [id, job] : running_) {
      for (const std::uint32_t at : job.placement.slots) ++used[job.placement.workers[at]];
    }
    for (const auto& [name, worker] : alive_) {
      const auto* known = registry_.find(name);
      ASSERT_NE(known, nullptr);
      EXPECT_EQ(known->id, worker.id);
      EXPECT_EQ(known->used, used[worker.id]);
      EXPECT_LE(known->used, known->slots);
    }
    EXPECT_EQ(catalogue_.unfinished().size(), running_.size() + waiting_.size());
  }

  std::mt19937_64 random_;
  timestamp_ms now_ = 0;
  std::uint64_t jobs_made_ = 0;
  attempt_number last_attempt_ = 0;
  worker_registry registry_;
  job_catalogue catalogue_{{}, 10};
  std::map<std::string, living> alive_;
  std::map<std::string, placed> running_;
  std::map<std::string, placed> waiting_;
};

TEST(cluster_storm_test, slots_add_up_after_every_step) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    storm cluster(seed);
    for (int step = 0; step < 300; ++step) {
      cluster.step();
      if (testing::Test::HasFailure()) FAIL() << "at step " << step;
    }
  }
}

// What one coordinator has to carry; how long that takes prints
// tests/bench/micro/bench_coordination.
TEST(cluster_storm_test, a_thousand_workers_take_a_hundred_thousand_tasks) {
  worker_registry registry;
  for (int i = 0; i < 1000; ++i) {
    static_cast<void>(
        registry.on_greeting({"worker-" + std::to_string(i), "c", "d", 1, "0.1.0", ""}, 0));
  }
  job_graph graph;
  graph.vertices.resize(100);
  for (auto& vertex : graph.vertices) vertex.parallelism = 1000;
  const auto placement = place(graph, registry.offers(), placement_strategy::spread);
  ASSERT_EQ(placement.missing, 0U);
  registry.allocate("job", placement);
  std::vector<std::uint32_t> tasks(1000, 0);
  for (const std::uint32_t at : placement.places) ++tasks[at];
  EXPECT_EQ(std::ranges::min(tasks), 100U);
  EXPECT_EQ(std::ranges::max(tasks), 100U);
  EXPECT_TRUE(registry.offers().empty());
}

}  // namespace
}  // namespace millrace::coordination
