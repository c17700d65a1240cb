#include "cli/cluster/cluster_metrics.hpp"

#include "actors/jobs/job_metrics.hpp"
#include "cli/process_metrics.hpp"
#include "core/base/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace millrace::cli {

using coordination::job_phase;
using runtime::metric_id;
using runtime::metric_labels;
using runtime::metric_sample;

namespace {

using samples = std::vector<metric_sample>;
using jobs = std::vector<actors::cluster_job>;

void add(samples& out, metric_id id, metric_labels labels, std::size_t value) {
  out.push_back({id, std::move(labels), static_cast<double>(value)});
}

metric_labels labels_of(const coordination::job_entry& entry) {
  return {{"job_name", entry.name}, {"job_id", entry.definition.id}};
}

// Statuses without a job are there, too, so that an alert on one has something to look at.
void add_statuses(samples& out, const jobs& all) {
  for (auto phase = job_phase::created; phase <= job_phase::failed;
       phase = static_cast<job_phase>(static_cast<std::uint8_t>(phase) + 1)) {
    const auto count = std::ranges::count_if(
        all, [&](const actors::cluster_job& job) { return job.entry.phase == phase; });
    add(out, metric_id::cluster_jobs, {{"status", std::string(to_text(phase))}},
        static_cast<std::size_t>(count));
  }
}

void add_workers(samples& out, const std::vector<actors::cluster_worker>& workers) {
  std::size_t slots = 0;
  std::size_t free = 0;
  for (const auto& w : workers) {
    slots += w.slots;
    free += w.free_slots;
    out.push_back(
        {metric_id::worker_silent, {{"worker", w.name}}, static_cast<double>(w.silent_ms) / 1e3});
  }
  add(out, metric_id::cluster_workers, {}, workers.size());
  add(out, metric_id::cluster_draining, {},
      static_cast<std::size_t>(std::ranges::count_if(workers, &actors::cluster_worker::draining)));
  add(out, metric_id::cluster_slots, {}, slots);
  add(out, metric_id::cluster_free_slots, {}, free);
}

actors::observed_job observe(const actors::cluster_job& job, timestamp_ms now) {
  actors::observed_job seen;
  seen.labels = labels_of(job.entry);
  seen.running = job.entry.phase == job_phase::running;
  seen.elapsed_us = (now - job.entry.started_at) * 1000;
  if (job.running) seen.checkpoints = job.running->checkpoints();
  seen.tasks = job.tasks();
  return seen;
}

}  // namespace

samples cluster_metrics(const actors::cluster_board& board) {
  const jobs all = board.jobs();
  const timestamp_ms now = system_clock().now();
  std::vector<actors::observed_job> seen;
  for (const auto& job : all) seen.push_back(observe(job, now));
  samples out = actors::read_metrics(seen, now, most_samples);
  for (const auto& job : all) {
    add(out, metric_id::job_restarts, labels_of(job.entry), job.entry.restarts);
  }
  add_statuses(out, all);
  add_workers(out, board.workers());
  add_process(out);
  return out;
}

}  // namespace millrace::cli
