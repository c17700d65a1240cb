#include "core/runtime/metric_list.hpp"

namespace millrace::runtime {

namespace {

constexpr auto counter = metric_kind::counter;
constexpr auto gauge = metric_kind::gauge;
constexpr std::string_view job = "job_name";
constexpr std::string_view task = "job_name, vertex, subtask";
constexpr std::string_view op = "job_name, vertex, operator, node, subtask";

// In the order of metric_id.
constexpr metric_info metrics[] = {
    {"millrace_job_uptime_seconds", gauge, "Time since the job was started.", job, "runningTime"},
    {"millrace_job_running", gauge, "1 while the job runs, 0 when it has ended.", job, "uptime"},
    {"millrace_job_checkpoints_completed_total", counter, "Checkpoints that were completed.", job,
     "numberOfCompletedCheckpoints"},
    {"millrace_job_checkpoints_failed_total", counter, "Checkpoints that were given up.", job,
     "numberOfFailedCheckpoints"},
    {"millrace_job_last_checkpoint_duration_seconds", gauge,
     "From the trigger of the newest complete checkpoint until it was durable.", job,
     "lastCheckpointDuration"},
    {"millrace_job_last_checkpoint_size_bytes", gauge,
     "All files that the newest complete checkpoint refers to.", job, "lastCheckpointFullSize"},
    {"millrace_job_last_checkpoint_id", gauge, "Number of the newest complete checkpoint.", job,
     "lastCompletedCheckpointId"},
    {"millrace_task_source_rows_total", counter, "Rows that the task's source has read.", task,
     "numRecordsIn of the source"},
    {"millrace_task_sink_rows_total", counter, "Rows given to sinks or printed.", task,
     "numRecordsOut of the sink"},
    {"millrace_task_received_rows_total", counter, "Rows that came over channels.", task,
     "numRecordsIn"},
    {"millrace_task_received_bytes_total", counter, "Bytes of these rows in memory.", task,
     "numBytesIn"},
    {"millrace_task_sent_rows_total", counter, "Rows sent over channels, once for each reader.",
     task, "numRecordsOut"},
    {"millrace_task_sent_bytes_total", counter, "Bytes of these rows in memory.", task,
     "numBytesOut"},
    {"millrace_task_busy_seconds_total", counter, "Time spent with work.", task,
     "busyTimeMsPerSecond"},
    {"millrace_task_backpressured_seconds_total", counter,
     "Time spent waiting for credit of a channel or for a slow sink.", task,
     "backPressuredTimeMsPerSecond"},
    {"millrace_task_idle_seconds_total", counter,
     "Time spent waiting for input or for a time to come.", task, "idleTimeMsPerSecond"},
    {"millrace_task_queued_bytes", gauge, "Elements in the task's input gate.", task,
     "inputQueueSize"},
    {"millrace_task_state_bytes", gauge, "State tables in memory.", task, ""},
    {"millrace_task_watermark_timestamp_seconds", gauge,
     "Event time up to which the task's input is complete; absent before the first watermark.",
     task, "currentInputWatermark"},
    {"millrace_task_watermark_lag_seconds", gauge, "Wall time minus the watermark.", task,
     "watermarkLag"},
    {"millrace_operator_rows_in_total", counter, "Rows taken, retractions included.", op,
     "numRecordsIn"},
    {"millrace_operator_rows_out_total", counter, "Rows given, retractions included.", op,
     "numRecordsOut"},
    {"millrace_operator_late_rows_total", counter, "Rows dropped behind the watermark.", op,
     "numLateRecordsDropped"},
    {"millrace_operator_rejected_rows_total", counter, "Records that the format could not read.",
     op, "numRecordsInErrors"},
    {"millrace_operator_null_key_rows_total", counter, "Rows of a join that can match nothing.", op,
     ""},
    {"millrace_memory_budget_limit_bytes", gauge,
     "What batches, state tables and buffers may hold together.", "",
     "Status.Flink.Memory.Managed.Total"},
    {"millrace_memory_budget_used_bytes", gauge, "What they hold.", "",
     "Status.Flink.Memory.Managed.Used"},
    {"process_cpu_seconds_total", counter, "User and system time of the process.", "",
     "Status.JVM.CPU.Time"},
    {"process_resident_memory_bytes", gauge, "Resident memory of the process.", "",
     "Status.JVM.Memory.Heap.Used"},
    {"process_start_time_seconds", gauge, "When the process began, in seconds since 1970 UTC.", "",
     ""},
    {"process_open_fds", gauge, "Open file descriptors.", "", ""},
    {"process_max_fds", gauge, "As many file descriptors may be open.", "", ""},
    {"millrace_cluster_jobs", gauge, "Jobs of the cluster by status.", "status", "numRunningJobs"},
    {"millrace_job_restarts_total", counter, "Attempts of the job that another followed.",
     "job_name, job_id", "numRestarts"},
    {"millrace_cluster_workers", gauge, "Workers that have joined.", "",
     "numRegisteredTaskManagers"},
    {"millrace_cluster_draining_workers", gauge, "Those of them that take no more tasks.", "", ""},
    {"millrace_cluster_slots", gauge, "Slots of all workers.", "", "taskSlotsTotal"},
    {"millrace_cluster_free_slots", gauge, "Slots that no job uses.", "", "taskSlotsAvailable"},
    {"millrace_worker_silent_seconds", gauge, "Since the worker's last word.", "worker", ""},
    {"millrace_metric_samples_left_out", gauge,
     "Samples beyond the cap on a scrape's size; those of operators go first.", "", ""},
};
static_assert(std::size(metrics) == static_cast<std::size_t>(metric_id::samples_left_out) + 1);

}  // namespace

std::span<const metric_info> all_metrics() { return metrics; }

const metric_info& info_of(metric_id id) { return metrics[static_cast<std::size_t>(id)]; }

std::string metrics_reference() {
  std::string out =
      "# Metrics\n\n`millrace run --metrics-port N` serves them on `http://127.0.0.1:N/metrics` in "
      "Prometheus' text form. They are read from the\ntasks' counters when they are asked for. "
      "Flink gives rates per second where millrace counts seconds: `rate(x[1m])` is the\nsame.\n\n"
      "A coordinator serves them at `/metrics` of its `--rest` address: those of the cluster and "
      "its workers, those of jobs,\ntheir tasks and operators with a label `job_id` besides, as "
      "workers tell them every second, and those of its own process.\nA worker serves those of its "
      "memory budget and process at its `--metrics` address. Checkpoints and tasks are counted\n"
      "anew by every attempt of a job.\n\n"
      "| metric | type | labels | meaning | in Flink |\n|---|---|---|---|---|\n";
  for (const auto& m : metrics) {
    out += "| `" + std::string(m.name) + "` | ";
    out += m.kind == metric_kind::counter ? "counter | " : "gauge | ";
    out += std::string(m.labels) + " | " + std::string(m.meaning) + " | " + std::string(m.flink) +
           " |\n";
  }
  return out;
}

}  // namespace millrace::runtime
