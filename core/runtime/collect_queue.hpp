#pragma once

#include "core/base/error.hpp"
#include "core/data/record_batch.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace millrace::runtime {

/// The rows of a SELECT on their way to the session: bounded, so that a reader that pauses
/// throttles the job.
///
/// Thread safe. Tasks push, one thread takes. Shared by the job and the session; lives as long as
/// either.
class collect_queue {
 public:
  explicit collect_queue(std::int64_t limit_bytes = 4 << 20) : limit_(limit_bytes) {}

  // The tasks' side.
  void push(data::batch_ptr batch);
  [[nodiscard]] bool full() const;
  /// Calls `wake` (from the taking thread) whenever the queue is no longer full.
  void on_room(std::function<void()> wake);
  /// Calls `then` once, from the taking thread, when that has come back for more and nothing is
  /// left: whatever was pushed before has been dealt with. Never, when the queue is closed before.
  void when_taken(std::function<void()> then);
  /// Nothing comes any more: the job has ended, with an error or without.
  void close();

  // The session's side.
  /// The next batch; waits up to `patience`. Nothing: the time is over, or all has been taken and
  /// the queue is closed (`drained`).
  [[nodiscard]] data::batch_ptr take(std::chrono::microseconds patience);
  [[nodiscard]] bool drained() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<data::batch_ptr> batches_;
  std::vector<std::function<void()>> wakes_;
  std::function<void()> when_taken_;
  std::int64_t limit_;
  std::int64_t bytes_ = 0;
  bool was_full_ = false;
  bool closed_ = false;
};

}  // namespace millrace::runtime
