#include "actors/jobs/job_metrics.hpp"

#include <string>
#include <utility>

namespace millrace::actors {

using runtime::metric_id;
using runtime::metric_labels;
using runtime::metric_sample;

namespace {

template <class T>
double read(const std::atomic<T>& counter) {
  return static_cast<double>(counter.load(std::memory_order_relaxed));
}

/// Gathers samples up to a cap.
class sample_list {
 public:
  explicit sample_list(std::size_t most) : most_(most) {}
  void add(metric_id id, const metric_labels& labels, double value) {
    if (samples_.size() < most_)
      samples_.push_back({id, labels, value});
    else
      ++left_out_;
  }
  std::vector<metric_sample> take() {
    samples_.push_back({metric_id::samples_left_out, {}, static_cast<double>(left_out_)});
    return std::move(samples_);
  }

 private:
  std::size_t most_;
  std::size_t left_out_ = 0;
  std::vector<metric_sample> samples_;
};

void add_checkpoints(sample_list& out, const metric_labels& labels,
                     const checkpoint_statistics& c) {
  out.add(metric_id::checkpoints_completed, labels, static_cast<double>(c.completed));
  out.add(metric_id::checkpoints_failed, labels, static_cast<double>(c.failed));
  if (c.completed == 0) return;
  out.add(metric_id::checkpoint_last, labels, static_cast<double>(c.last.value));
  out.add(metric_id::checkpoint_duration, labels, static_cast<double>(c.last_duration_ms) / 1e3);
  out.add(metric_id::checkpoint_size, labels, static_cast<double>(c.last_bytes));
}

void add_job(sample_list& out, const observed_job& job) {
  out.add(metric_id::job_running, job.labels, job.running ? 1 : 0);
  if (job.running)
    out.add(metric_id::job_uptime, job.labels, static_cast<double>(job.elapsed_us) / 1e6);
  add_checkpoints(out, job.labels, job.checkpoints);
}

void add_watermark(sample_list& out, const metric_labels& labels, timestamp_ms watermark,
                   timestamp_ms now) {
  if (watermark == min_watermark || watermark == max_watermark) return;
  out.add(metric_id::task_watermark, labels, static_cast<double>(watermark) / 1e3);
  out.add(metric_id::task_watermark_lag, labels, static_cast<double>(now - watermark) / 1e3);
}

metric_labels labels_of(const observed_job& job, const runtime::task_metrics& t) {
  metric_labels all = job.labels;
  all.emplace_back("vertex", t.vertex);
  all.emplace_back("subtask", std::to_string(t.subtask));
  return all;
}

void add_task(sample_list& out, const observed_job& job, const runtime::task_metrics& t,
              timestamp_ms now) {
  const auto labels = labels_of(job, t);
  out.add(metric_id::task_source_rows, labels, read(t.source_rows));
  out.add(metric_id::task_sink_rows, labels, read(t.sink_rows));
  out.add(metric_id::task_busy, labels, read(t.busy_us) / 1e6);
  out.add(metric_id::task_backpressured, labels, read(t.blocked_us) / 1e6);
  out.add(metric_id::task_state, labels, read(t.state_bytes));
  out.add(metric_id::task_idle, labels, read(t.idle_us) / 1e6);
  out.add(metric_id::task_queued, labels, read(t.queued_bytes));
  out.add(metric_id::task_received_rows, labels, read(t.received_rows));
  out.add(metric_id::task_received_bytes, labels, read(t.received_bytes));
  out.add(metric_id::task_sent_rows, labels, read(t.sent_rows));
  out.add(metric_id::task_sent_bytes, labels, read(t.sent_bytes));
  add_watermark(out, labels, t.watermark.load(std::memory_order_relaxed), now);
}

void add_operators(sample_list& out, const observed_job& job, const runtime::task_metrics& t) {
  for (const auto& o : t.operators) {
    auto labels = labels_of(job, t);
    labels.emplace_back("operator", o->name);
    labels.emplace_back("node", std::to_string(o->node));
    out.add(metric_id::operator_rows_in, labels, read(o->counters.rows_in));
    out.add(metric_id::operator_rows_out, labels, read(o->counters.rows_out));
    out.add(metric_id::operator_late_rows, labels, read(o->counters.late_rows));
    out.add(metric_id::operator_rejected_rows, labels, read(o->counters.rejected_rows));
    out.add(metric_id::operator_null_key_rows, labels, read(o->counters.null_key_rows));
  }
}

}  // namespace

std::vector<metric_sample> read_metrics(const std::vector<observed_job>& jobs, timestamp_ms now,
                                        std::size_t most) {
  sample_list out(most);
  for (const auto& job : jobs) add_job(out, job);
  for (const auto& job : jobs)
    for (const auto& t : job.tasks) add_task(out, job, *t, now);
  for (const auto& job : jobs)
    for (const auto& t : job.tasks) add_operators(out, job, *t);
  return out.take();
}

}  // namespace millrace::actors
