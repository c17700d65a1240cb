#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace millrace::actors {

/// Threads for work that blocks (reads of spilled state), so that no thread that runs actors does.
///
/// Owner: the engine. Thread safe. Threads start with the first piece of work; pieces start in the
/// order they came.
class io_pool {
 public:
  /// Without threads, work runs at once on the caller's: for tests that run actors step by step.
  explicit io_pool(std::uint32_t threads);
  /// Runs what was given, then ends its threads.
  virtual ~io_pool();
  io_pool(const io_pool&) = delete;
  io_pool& operator=(const io_pool&) = delete;

  /// `work` must not throw; it tells its outcome by itself (a message to an actor). A simulation
  /// overrides it, to choose when and in which order the pieces run.
  virtual void run(std::function<void()> work);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace millrace::actors
