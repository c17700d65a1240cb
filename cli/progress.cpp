#include "cli/progress.hpp"

#include "cli/figures.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace millrace::cli {

namespace {

std::string time_text(timestamp_ms t) {
  if (t == min_watermark) return "none";
  if (t == max_watermark) return "end";
  const auto seconds = static_cast<std::time_t>(t / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return text;
}

std::string seconds_text(std::int64_t us) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(us) / 1e6);
  return text;
}

}  // namespace

job_progress read_progress(const actors::job& job, std::int64_t elapsed_us) {
  job_progress p;
  p.watermark = max_watermark;
  std::int64_t blocked = 0;
  for (const auto& task : job.tasks()) {
    const std::uint64_t read = task->source_rows.load(std::memory_order_relaxed);
    p.rows_in += read;
    p.rows_out += task->sink_rows.load(std::memory_order_relaxed);
    p.watermark = std::min(p.watermark, task->watermark.load(std::memory_order_relaxed));
    if (read > 0) blocked = std::max(blocked, task->blocked_us.load(std::memory_order_relaxed));
    for (const auto& op : task->operators) {
      p.late_rows += op->counters.late_rows.load(std::memory_order_relaxed);
      p.rejected_rows += op->counters.rejected_rows.load(std::memory_order_relaxed);
    }
  }
  if (elapsed_us > 0) {
    p.backpressure = std::min(1.0, static_cast<double>(blocked) / static_cast<double>(elapsed_us));
  }
  return p;
}

std::string progress_line(const job_progress& p, std::int64_t elapsed_us) {
  const double seconds = std::max(1e-3, static_cast<double>(elapsed_us) / 1e6);
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(p.rows_in) / seconds);
  std::string line = "in " + with_commas(p.rows_in) + " rows | out " + with_commas(p.rows_out) +
                     " rows | " + with_commas(rate) + " rows/s | watermark " +
                     time_text(p.watermark) + " | " + seconds_text(elapsed_us) +
                     " | backpressure " + std::to_string(static_cast<int>(p.backpressure * 100)) +
                     " %";
  if (p.late_rows > 0) line += " | late " + with_commas(p.late_rows);
  if (p.rejected_rows > 0) line += " | rejected " + with_commas(p.rejected_rows);
  return line;
}

std::string losses_line(const job_progress& p) {
  std::string line;
  if (p.rejected_rows > 0) line = with_commas(p.rejected_rows) + " bad records skipped";
  if (p.late_rows > 0) {
    line += (line.empty() ? "" : ", ") + with_commas(p.late_rows) + " late rows dropped";
  }
  return line;
}

}  // namespace millrace::cli
