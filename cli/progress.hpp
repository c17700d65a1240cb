#pragma once

#include "actors/jobs/job_runner.hpp"

#include <cstdint>
#include <string>

namespace millrace::cli {

/// What a job has done so far, over all its tasks.
struct job_progress {
  std::uint64_t rows_in = 0;
  std::uint64_t rows_out = 0;
  std::uint64_t late_rows = 0;
  std::uint64_t rejected_rows = 0;
  timestamp_ms watermark = min_watermark;  ///< of the task that is behind most
  double backpressure = 0;                 ///< share of time the slowest-held source waited, 0 to 1
};

[[nodiscard]] job_progress read_progress(const actors::job& job, std::int64_t elapsed_us);

/// `in 1,024 rows | out 12 rows | 512 rows/s | watermark 2024-01-15 10:00:10 | 2.0 s | backpressure
/// 3 %`.
[[nodiscard]] std::string progress_line(const job_progress& p, std::int64_t elapsed_us);

/// What the job has left out, like `2 bad records skipped, 3 late rows dropped`; empty when
/// nothing.
[[nodiscard]] std::string losses_line(const job_progress& p);

}  // namespace millrace::cli
