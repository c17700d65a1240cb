#pragma once

#include "core/base/clock.hpp"
#include "core/operators/operator_context.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::runtime {

/// Counters of one operator instance under its name.
struct named_operator_metrics {
  std::string name;
  std::uint32_t node = 0;  ///< index into the plan
  operators::operator_metrics counters;
};

/// Counters of one task. Written by the task, read by any thread at any time.
struct task_metrics {
  std::string vertex;
  std::uint32_t subtask = 0;
  std::vector<std::unique_ptr<named_operator_metrics>> operators;  ///< fixed before the task runs
  std::atomic<std::uint64_t> source_rows{0};  ///< rows read, when the task has a source
  std::atomic<std::uint64_t> sink_rows{0};    ///< rows given to sinks or the session
  std::atomic<std::int64_t> busy_us{0};
  std::atomic<std::int64_t> blocked_us{0};  ///< waiting for credit or a slow sink: backpressure
  std::atomic<std::int64_t> idle_us{0};     ///< waiting for input or for a time to come
  std::atomic<std::int64_t> queued_bytes{0};
  std::atomic<std::int64_t> state_bytes{0};  ///< tables in memory, looked at a few times a second
  std::atomic<timestamp_ms> watermark{min_watermark};
};

/// Adds without a locked instruction: only for counters that one thread writes.
template <class T>
void bump(std::atomic<T>& counter, T by) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

}  // namespace millrace::runtime
