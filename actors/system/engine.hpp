#pragma once

#include "core/base/memory_budget.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace caf {
class actor_system;
}

namespace millrace::actors {

class io_pool;

struct engine_options {
  std::uint32_t threads = 0;  ///< that run tasks; 0: one per core
  /// What the process may use; 0: what the machine has, or the cgroup allows.
  std::int64_t memory_bytes = 0;
  bool isolate_control = true;  ///< job masters get threads of their own; false under a test's
                                ///< scheduler
  bool test_scheduler = false;  ///< actors run only when the test runs them
};

/// The actors of one process. Owner: the process (or a test); all jobs must have ended before it
/// does. Thread safe.
class engine {
 public:
  explicit engine(engine_options options = {});
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// With `test_scheduler`: runs actors on this thread until none has anything to do.
  void run_until_idle();
  /// With `test_scheduler`: lets time pass for delayed messages, then runs until idle.
  void advance(std::chrono::microseconds time);
  /// With `test_scheduler`: sends the delayed messages that are due within `time`, runs nothing.
  void pass_time(std::chrono::microseconds time);
  /// With `test_scheduler`: how many actors have a message to handle.
  [[nodiscard]] std::size_t runnable() const;
  /// With `test_scheduler`: lets one of these, `index` below `runnable()`, handle one message. The
  /// actors stand in the order in which they came to have one.
  void run_one(std::size_t index);
  /// With `test_scheduler`: names one of these by a number that it keeps, counted from the first
  /// actor of the engine.
  [[nodiscard]] std::uint64_t runnable_id(std::size_t index) const;

  [[nodiscard]] caf::actor_system& system();
  /// Four fifths of what the process may use, without what it used when the engine was made.
  [[nodiscard]] memory_budget& budget();
  /// For what blocks; with `test_scheduler` it runs on the caller's thread.
  [[nodiscard]] io_pool& io();
  [[nodiscard]] const engine_options& options() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace millrace::actors
