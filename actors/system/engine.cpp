#include "actors/system/engine.hpp"

#include "actors/system/allocator.hpp"
#include "actors/system/io_pool.hpp"
#include "core/base/assert.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

namespace millrace::actors {

namespace {

// Messages an actor handles before others get their turn. A turn of a task is one message.
constexpr std::size_t messages_per_activation = 64;
constexpr std::uint32_t io_threads = 4;

std::int64_t physical_memory() {
  return static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
}

// The limit of the process's cgroup (v2), which a container sets; absent: `max`.
std::int64_t memory_limit() {
  std::int64_t limit = physical_memory();
  std::ifstream file("/sys/fs/cgroup/memory.max");
  std::int64_t cgroup = 0;
  if (file >> cgroup && cgroup > 0) limit = std::min(limit, cgroup);
  return limit;
}

// Resident bytes of this process.
std::int64_t memory_in_use() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  return file >> all >> resident ? resident * sysconf(_SC_PAGE_SIZE) : 0;
}

// Code that has not run yet, stacks of threads, RocksDB's own objects.
constexpr std::int64_t unseen_bytes = 10 << 20;

std::int64_t budget_of(const engine_options& options) {
  if (options.memory_bytes > 0) give_pages_back();
  const std::int64_t limit = options.memory_bytes > 0 ? options.memory_bytes : memory_limit();
  return std::max(limit / 10 * 8 - memory_in_use() - unseen_bytes, limit / 10);
}

caf::actor_system_config& prepare(caf::actor_system_config& config, const engine_options& options) {
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t threads = options.threads == 0 ? cores : options.threads;
  // Work stealing polls when idle and lets one busy pair of actors starve a third.
  config.set("scheduler.policy",
             options.test_scheduler ? caf::atom("testing") : caf::atom("sharing"));
  config.set("scheduler.max-threads", threads);
  config.set("scheduler.max-throughput", messages_per_activation);
  return config;
}

}  // namespace

struct engine::state {
  explicit state(engine_options o)
      : options(o),
        budget(budget_of(o)),
        system(prepare(config, o)),
        io(o.test_scheduler ? 0 : io_threads) {}

  engine_options options;
  memory_budget budget;
  caf::actor_system_config config;
  caf::actor_system system;
  io_pool io;  // its work sends messages: ends before the actors do
};

namespace {

caf::scheduler::test_coordinator& test_scheduler_of(auto& s) {
  MILLRACE_ASSERT(s.options.test_scheduler);
  return static_cast<caf::scheduler::test_coordinator&>(s.system.scheduler());
}

}  // namespace

engine::engine(engine_options options) : state_(std::make_unique<state>(options)) {}
engine::~engine() = default;

void engine::run_until_idle() { test_scheduler_of(*state_).run(); }

void engine::advance(std::chrono::microseconds time) {
  pass_time(time);
  run_until_idle();
}

void engine::pass_time(std::chrono::microseconds time) {
  test_scheduler_of(*state_).advance_time(time);
}

std::size_t engine::runnable() const { return test_scheduler_of(*state_).jobs.size(); }

void engine::run_one(std::size_t index) {
  auto& scheduler = test_scheduler_of(*state_);
  MILLRACE_ASSERT(index < scheduler.jobs.size());
  const auto first = scheduler.jobs.begin();
  std::rotate(first, first + static_cast<std::ptrdiff_t>(index),
              first + static_cast<std::ptrdiff_t>(index) + 1);
  scheduler.run_once();
}

std::uint64_t engine::runnable_id(std::size_t index) const {
  const auto* actor =
      dynamic_cast<const caf::abstract_actor*>(test_scheduler_of(*state_).jobs.at(index));
  return actor == nullptr ? 0 : actor->id();
}

caf::actor_system& engine::system() { return state_->system; }
memory_budget& engine::budget() { return state_->budget; }
io_pool& engine::io() { return state_->io; }
const engine_options& engine::options() const { return state_->options; }

}  // namespace millrace::actors
