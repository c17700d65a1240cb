#include "cli/cluster/summary_json.hpp"

#include "cli/cluster/cluster_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace millrace::cli {

namespace {

using nlohmann::json;

// Fields of a job's summary that are figures.
constexpr const char* job_fields[] = {"id",
                                      "name",
                                      "status",
                                      "slots",
                                      "restarts",
                                      "rows_in",
                                      "rows_out",
                                      "rows_in_per_second",
                                      "rows_out_per_second",
                                      "watermark_lag_ms",
                                      "checkpoints"};

struct task_figures {
  double busy = 0;
  double backpressured = 0;
  double idle = 0;
  std::uint64_t queued_bytes = 0;
  std::uint64_t state_bytes = 0;
};

task_figures figures_of(const actors::cluster_job& job) {
  task_figures all;
  for (const auto& task : job.tasks()) {
    all.queued_bytes += task->queued_bytes.load();
    all.state_bytes += task->state_bytes.load();
    if (!job.running) continue;
    all.busy = std::max(all.busy, task->rates.busy.load());
    all.backpressured = std::max(all.backpressured, task->rates.blocked.load());
    all.idle = std::max(all.idle, task->rates.idle.load());
  }
  return all;
}

json job_figures(const actors::cluster_job& job) {
  const json summary = job_json(job, detail::summary);
  const task_figures f = figures_of(job);
  json all = {{"busy", f.busy},
              {"backpressured", f.backpressured},
              {"idle", f.idle},
              {"queued_bytes", f.queued_bytes},
              {"state_bytes", f.state_bytes},
              {"tasks", job.tasks().size()}};
  for (const char* field : job_fields) all[field] = summary[field];
  return all;
}

json slots_json(const std::vector<actors::cluster_worker>& workers) {
  std::uint64_t slots = 0;
  std::uint64_t free = 0;
  for (const auto& w : workers) {
    slots += w.slots;
    free += w.free_slots;
  }
  return {{"all", slots}, {"free", free}};
}

}  // namespace

json summary_json(const std::vector<actors::cluster_job>& jobs,
                  const std::vector<actors::cluster_worker>& workers, timestamp_ms now) {
  json open = json::array();
  for (const auto& job : jobs) {
    if (!has_ended(job.entry.phase)) open.push_back(job_figures(job));
  }
  json all = json::array();
  for (const auto& w : workers) all.push_back(worker_json(w));
  return {{"at", now},
          {"slots", slots_json(workers)},
          {"workers", std::move(all)},
          {"jobs", std::move(open)}};
}

}  // namespace millrace::cli
