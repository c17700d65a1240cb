#pragma once

#include "actors/jobs/job_record.hpp"
#include "core/runtime/metric_list.hpp"
#include "core/runtime/task_metrics.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace millrace::actors {

/// A job at the moment of a scrape.
struct observed_job {
  runtime::metric_labels labels;  ///< what tells its samples from those of others
  bool running = false;
  std::int64_t elapsed_us = 0;  ///< since it was started
  checkpoint_statistics checkpoints;
  std::vector<std::shared_ptr<const runtime::task_metrics>> tasks;
};

/// The counters of jobs and their tasks at `now`, at most `most` samples: the first jobs win, and
/// job and task metrics go before those of operators. The last sample tells how many were left out.
/// Any thread.
[[nodiscard]] std::vector<runtime::metric_sample> read_metrics(
    const std::vector<observed_job>& jobs, timestamp_ms now, std::size_t most);

}  // namespace millrace::actors
