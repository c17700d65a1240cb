#include "tests/sim/scheduler.hpp"

#include <chrono>

namespace millrace::sim {

namespace {

// Jan 1st, 2024: some point in time that is nobody's special value.
constexpr timestamp_ms start_of_time = 1'704'067'200'000;
constexpr std::size_t slow_for = 400;
constexpr std::size_t slow_turn = 50;

}  // namespace

scheduler::scheduler(dice throws, bool ordered, trace& steps)
    : dice_(throws),
      ordered_(ordered),
      trace_(steps),
      time_(start_of_time),
      engine_({.threads = 1,
               .memory_bytes = 1 << 30,
               .isolate_control = false,
               .test_scheduler = true}) {}

std::size_t scheduler::choose() {
  const std::size_t all = engine_.runnable() + io_.held();
  if (ordered_) return 0;
  std::size_t index = dice_.below(all);
  if (index >= engine_.runnable()) return index;
  if (dice_.once_in(slow_for)) slow_ = engine_.runnable_id(index);
  const bool starved = engine_.runnable_id(index) == slow_ && !dice_.once_in(slow_turn);
  return starved ? (index + 1) % all : index;
}

void scheduler::step() {
  const std::size_t index = choose();
  if (index < engine_.runnable()) {
    trace_.note("actor", engine_.runnable_id(index));
    engine_.run_one(index);
  } else {
    trace_.note("io", index - engine_.runnable());
    io_.run_one(index - engine_.runnable());
  }
}

void scheduler::pass_time(std::int64_t ms) {
  trace_.note("time", static_cast<std::uint64_t>(ms));
  time_.advance(ms);
  engine_.pass_time(std::chrono::milliseconds(ms));
}

}  // namespace millrace::sim
