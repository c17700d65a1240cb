#include "cli/cluster/dump_json.hpp"

#include "cli/cluster/cluster_json.hpp"
#include "cli/process_metrics.hpp"
#include "cli/version.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::cli {

namespace {

using nlohmann::json;

// What the task did for most of the last second.
const char* state_of(const runtime::task_metrics& task) {
  const double busy = task.rates.busy.load();
  const double blocked = task.rates.blocked.load();
  const double idle = task.rates.idle.load();
  if (busy + blocked + idle == 0) return "not heard of";
  if (busy >= blocked && busy >= idle) return "works";
  return blocked >= idle ? "waits for credit or a sink" : "waits for input";
}

json task_json(const runtime::task_metrics& task, std::uint32_t number) {
  return {{"task", number},
          {"vertex", task.vertex},
          {"subtask", task.subtask},
          {"worker", task.worker},
          {"state", state_of(task)},
          {"queued_bytes", task.queued_bytes.load()},
          {"state_bytes", task.state_bytes.load()},
          {"rows_received", task.received_rows.load()},
          {"rows_sent", task.sent_rows.load()}};
}

json open_job_json(const actors::cluster_job& job) {
  json tasks = json::array();
  for (const auto& task : job.tasks()) {
    tasks.push_back(task_json(*task, static_cast<std::uint32_t>(tasks.size())));
  }
  return {{"job", job_json(job, detail::summary)},
          {"checkpoints", checkpoints_json(job)["checkpoints"]},
          {"tasks", std::move(tasks)}};
}

json process_json(std::size_t actors) {
  std::vector<runtime::metric_sample> samples;
  add_process(samples);
  json all = {{"version", version_text}, {"actors", actors}, {"metrics", json::object()}};
  for (const auto& s : samples) {
    all["metrics"][std::string(runtime::info_of(s.id).name)] = s.value;
  }
  return all;
}

}  // namespace

json dump_json(const actors::cluster_board& board, std::size_t actors) {
  json jobs = json::array();
  for (const auto& job : board.jobs()) {
    if (!has_ended(job.entry.phase)) jobs.push_back(open_job_json(job));
  }
  json workers = json::array();
  for (const auto& worker : board.workers()) workers.push_back(worker_json(worker));
  json all = lines_json(board.lines(""));
  all["process"] = process_json(actors);
  all["workers"] = std::move(workers);
  all["jobs"] = std::move(jobs);
  return all;
}

}  // namespace millrace::cli
