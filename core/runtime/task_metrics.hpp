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

/// How a task did over the last second or so, as a coordinator makes it of two reports.
struct task_rates {
  std::atomic<double> rows_in{0};  ///< a second, as the next
  std::atomic<double> rows_out{0};
  std::atomic<double> busy{0};  ///< share of the time, as the two below: 0 to 1
  std::atomic<double> blocked{0};
  std::atomic<double> idle{0};
};

/// Counters of one task. Written by the task, or by what hears of it; read by any thread at any
/// time.
struct task_metrics {
  std::string vertex;
  std::uint32_t subtask = 0;
  std::string worker;  ///< where the task runs; empty: in this process
  std::vector<std::unique_ptr<named_operator_metrics>> operators;  ///< fixed before the task runs
  std::atomic<std::uint64_t> source_rows{0};    ///< rows read, when the task has a source
  std::atomic<std::uint64_t> sink_rows{0};      ///< rows given to sinks or the session
  std::atomic<std::uint64_t> received_rows{0};  ///< over channels, as the three below
  std::atomic<std::uint64_t> received_bytes{0};
  std::atomic<std::uint64_t> sent_rows{0};
  std::atomic<std::uint64_t> sent_bytes{0};
  std::atomic<std::int64_t> busy_us{0};
  std::atomic<std::int64_t> blocked_us{0};  ///< waiting for credit or a slow sink: backpressure
  std::atomic<std::int64_t> idle_us{0};     ///< waiting for input or for a time to come
  std::atomic<std::int64_t> queued_bytes{0};
  std::atomic<std::int64_t> state_bytes{0};  ///< tables in memory, looked at a few times a second
  std::atomic<timestamp_ms> watermark{min_watermark};
  std::atomic<std::int64_t> waits_since_us{0};  ///< steady clock; 0: the task does not wait
  std::atomic<bool> waits_blocked{false};       ///< for what `blocked_us` counts; else `idle_us`
  task_rates rates;                             ///< of tasks elsewhere only
};

/// Adds without a locked instruction: only for counters that one thread writes.
template <class T>
void bump(std::atomic<T>& counter, T by) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

}  // namespace millrace::runtime
