#include "cli/cluster/cluster_json.hpp"

#include "core/base/clock.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace millrace::cli {

namespace {

using nlohmann::json;

struct totals {
  std::uint64_t rows_in = 0;
  std::uint64_t rows_out = 0;
  timestamp_ms watermark = max_watermark;
};

totals totals_of(const actors::cluster_job& job) {
  totals all;
  for (const auto& task : job.tasks()) {
    all.rows_in += task->source_rows.load();
    all.rows_out += task->sink_rows.load();
    all.watermark = std::min(all.watermark, task->watermark.load());
  }
  return all;
}

// Before the first and after the last there is no event time.
json watermark_json(timestamp_ms at) {
  return at == min_watermark || at == max_watermark ? json() : json(at);
}

json subtask_json(const runtime::task_metrics& task) {
  return {{"subtask", task.subtask},
          {"rows_in", task.source_rows.load()},
          {"rows_out", task.sink_rows.load()},
          {"watermark", watermark_json(task.watermark.load())},
          {"busy_ms", task.busy_us.load() / 1000},
          {"backpressured_ms", task.blocked_us.load() / 1000}};
}

// Tasks come vertex by vertex.
json vertices_json(const actors::cluster_job& job) {
  json vertices = json::array();
  for (const auto& task : job.tasks()) {
    if (task->subtask == 0) {
      vertices.push_back({{"name", task->vertex}, {"subtasks", json::array()}});
    }
    vertices.back()["subtasks"].push_back(subtask_json(*task));
  }
  return vertices;
}

json failures_json(const actors::cluster_job& job) {
  json all = json::array();
  for (const auto& f : job.entry.exceptions) {
    json one = error_json(f.cause);
    one["attempt"] = f.attempt;
    one["at"] = f.at;
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

json error_json(const error& e) {
  return {{"code", static_cast<int>(e.code)}, {"message", e.message}, {"hint", e.hint}};
}

json job_json(const actors::cluster_job& job, detail how) {
  const totals t = totals_of(job);
  const coordination::job_entry& e = job.entry;
  const timestamp_ms end = e.ended_at != 0 ? e.ended_at : system_clock().now();
  json all = {{"id", e.definition.id},
              {"name", e.name},
              {"status", std::string(coordination::to_text(e.phase))},
              {"waits_for", job.waits_for},
              {"slots", job.slots},
              {"attempt", e.attempt},
              {"restarts", e.restarts},
              {"workers", job.workers},
              {"submitted_at", e.submitted_at},
              {"ended_at", e.ended_at != 0 ? json(e.ended_at) : json()},
              {"duration_ms", end - e.submitted_at},
              {"last_checkpoint", job.last_checkpoint.value},
              {"rows_in", t.rows_in},
              {"rows_out", t.rows_out},
              {"watermark", watermark_json(t.watermark)},
              {"failures", e.exceptions.size()}};
  if (how == detail::summary) return all;
  all["vertices"] = vertices_json(job);
  all["failures"] = failures_json(job);
  return all;
}

json worker_json(const actors::cluster_worker& w) {
  return {{"name", w.name},         {"data_endpoint", w.data_endpoint},
          {"slots", w.slots},       {"free_slots", w.free_slots},
          {"draining", w.draining}, {"silent_ms", w.silent_ms}};
}

}  // namespace millrace::cli
