#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::runtime {

enum class metric_kind : std::uint8_t { counter, gauge };

/// What a metric means. Names follow Prometheus: the unit is the last word, counters end with
/// `_total`.
struct metric_info {
  std::string_view name;
  metric_kind kind = metric_kind::gauge;
  std::string_view meaning;
  std::string_view labels;  ///< of its samples, by commas
  std::string_view flink;   ///< what Flink calls the same or the nearest; empty: nothing
};

enum class metric_id : std::uint8_t {
  job_uptime,
  job_running,
  checkpoints_completed,
  checkpoints_failed,
  checkpoint_duration,
  checkpoint_size,
  checkpoint_last,
  task_source_rows,
  task_sink_rows,
  task_received_rows,
  task_received_bytes,
  task_sent_rows,
  task_sent_bytes,
  task_busy,
  task_backpressured,
  task_idle,
  task_queued,
  task_state,
  task_watermark,
  task_watermark_lag,
  operator_rows_in,
  operator_rows_out,
  operator_late_rows,
  operator_rejected_rows,
  operator_null_key_rows,
  memory_limit,
  memory_used,
  process_cpu,
  process_memory,
  process_start,
  process_files,
  process_most_files,
  cluster_jobs,
  job_restarts,
  cluster_workers,
  cluster_draining,
  cluster_slots,
  cluster_free_slots,
  worker_silent,
  samples_left_out,
};

/// All metrics, in the order of `metric_id`.
[[nodiscard]] std::span<const metric_info> all_metrics();
[[nodiscard]] const metric_info& info_of(metric_id id);

using metric_labels = std::vector<std::pair<std::string, std::string>>;

/// A value of a metric, for one job, task or operator.
struct metric_sample {
  metric_id id{};
  metric_labels labels;
  double value = 0;
};

/// The page docs/reference/metrics.md.
[[nodiscard]] std::string metrics_reference();

}  // namespace millrace::runtime
