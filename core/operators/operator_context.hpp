#pragma once

#include "core/base/clock.hpp"
#include "core/base/config.hpp"
#include "core/base/memory_budget.hpp"
#include "core/expr/scalar_function.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace millrace::tables {
class table_set;
}

namespace millrace::operators {

/// Counters of one operator instance; written by its task, read by anyone.
struct operator_metrics {
  std::atomic<std::uint64_t> rows_in{0};
  std::atomic<std::uint64_t> rows_out{0};
  std::atomic<std::uint64_t> late_rows{0};      ///< dropped because the watermark had passed
  std::atomic<std::uint64_t> rejected_rows{0};  ///< records a format could not read
  std::atomic<std::uint64_t> null_key_rows{0};  ///< join rows that can never match
};

/// All that an operator gets from outside. Owned by the task; outlives the operator.
struct operator_context {
  const clock* time = nullptr;
  memory_budget* budget = nullptr;
  operator_metrics* metrics = nullptr;
  /// The operator's state tables; it declares them in `open` before any row comes.
  tables::table_set* tables = nullptr;
  /// Session options (`table.exec.*`), resolved by the planner where possible.
  const option_map* options = nullptr;
  expr::eval_context eval;
  std::uint32_t subtask = 0;
  std::uint32_t parallelism = 1;
  std::uint32_t max_parallelism = 128;
  std::uint32_t batch_rows = 4096;  ///< the most rows an output batch should have
  /// Names what a sink stages, the same over restarts; empty: the job's checkpoints are not kept.
  std::string job_id;
  /// Has the task call its source again soon; from any thread. Empty: the source asks for time.
  std::function<void()> wake;
};

}  // namespace millrace::operators
