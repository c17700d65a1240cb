#include "cli/cluster/cluster_json.hpp"

#include "cli/cluster/vertex_json.hpp"
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
  double rows_in_rate = 0;
  double rows_out_rate = 0;
  timestamp_ms watermark = max_watermark;
};

totals totals_of(const actors::cluster_job& job) {
  totals all;
  for (const auto& task : job.tasks()) {
    all.rows_in += task->source_rows.load();
    all.rows_out += task->sink_rows.load();
    if (task->received_rows.load() == 0) all.rows_in_rate += task->rates.rows_in.load();
    if (task->sent_rows.load() == 0) all.rows_out_rate += task->rates.rows_out.load();
    all.watermark = std::min(all.watermark, task->watermark.load());
  }
  return all;
}

json failures_json(const actors::cluster_job& job) {
  json all = json::array();
  for (const auto& f : job.entry.exceptions) {
    json one = error_json(f.cause);
    one["attempt"] = f.attempt;
    one["at"] = f.at;
    one["worker"] = f.worker;
    one["task"] = f.task;
    all.push_back(std::move(one));
  }
  return all;
}

json note_json(const actors::checkpoint_note& note) {
  return {{"id", note.id.value},
          {"status", actors::to_text(note.now)},
          {"in_line", note.in_line},
          {"triggered_at", note.triggered_at},
          {"duration_ms", note.duration_ms},
          {"bytes", note.bytes},
          {"tasks", note.tasks},
          {"acknowledged", note.acknowledged},
          {"failure", note.failure}};
}

json counts_json(const actors::checkpoint_statistics& c) {
  return {{"completed", c.completed},
          {"failed", c.failed},
          {"last_duration_ms", c.last_duration_ms},
          {"last_bytes", c.last_bytes}};
}

}  // namespace

json checkpoints_json(const actors::cluster_job& job) {
  const auto statistics = job.checkpoints();
  json all = counts_json(statistics);
  all["restored_from"] = job.restored_from.value;
  all["checkpoints"] = json::array();
  for (const auto& note : statistics.newest) all["checkpoints"].push_back(note_json(note));
  return all;
}

json error_json(const error& e) {
  return {{"code", static_cast<int>(e.code)}, {"message", e.message}, {"hint", e.hint}};
}

json job_json(const actors::cluster_job& job, detail how) {
  const totals t = totals_of(job);
  const coordination::job_entry& e = job.entry;
  const timestamp_ms now = system_clock().now();
  const timestamp_ms end = e.ended_at != 0 ? e.ended_at : now;
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
              {"restored_from", job.restored_from.value},
              {"checkpoints", counts_json(job.checkpoints())},
              {"rows_in", t.rows_in},
              {"rows_out", t.rows_out},
              {"rows_in_per_second", job.running ? t.rows_in_rate : 0.0},
              {"rows_out_per_second", job.running ? t.rows_out_rate : 0.0},
              {"watermark", watermark_json(t.watermark)},
              {"watermark_lag_ms", lag_json(t.watermark, now)},
              {"failures", e.exceptions.size()}};
  if (how == detail::summary) return all;
  all["vertices"] = vertices_json(job, now);
  all["failures"] = failures_json(job);
  return all;
}

json lines_json(const std::vector<actors::log_line>& lines) {
  json all = json::array();
  for (const auto& line : lines) all.push_back({{"at", line.at}, {"text", line.text}});
  return {{"lines", std::move(all)}};
}

json worker_json(const actors::cluster_worker& w) {
  return {{"name", w.name},         {"data_endpoint", w.data_endpoint},
          {"slots", w.slots},       {"free_slots", w.free_slots},
          {"draining", w.draining}, {"silent_ms", w.silent_ms}};
}

}  // namespace millrace::cli
