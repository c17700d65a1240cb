#include "cli/cluster/job_page.hpp"

#include "cli/cluster/job_texts.hpp"
#include "cli/figures.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace millrace::cli {

namespace {

using nlohmann::json;

// Of more, only --json tells.
constexpr std::size_t most_subtasks = 64;

std::string count(const json& number) { return with_commas(number.get<std::uint64_t>()); }
std::string rate(const json& a_second) {
  return with_commas(static_cast<std::uint64_t>(a_second.get<double>() + 0.5));
}
std::string size(const json& bytes) { return bytes_text(bytes.get<std::uint64_t>()); }
std::string share(const json& of) { return share_text(of.get<double>()); }
std::string span(const json& ms) { return ms.is_null() ? "-" : span_text(ms.get<std::int64_t>()); }
std::string when(const json& at) { return at.is_null() ? "-" : when_text(at.get<timestamp_ms>()); }

std::string line(std::string name, const std::string& value) {
  constexpr std::size_t column = 13;
  name.resize(column, ' ');
  return name + value + "\n";
}

std::string rows_text(const json& job) {
  return "in " + count(job["rows_in"]) + " (" + rate(job["rows_in_per_second"]) +
         " a second), out " + count(job["rows_out"]) + " (" + rate(job["rows_out_per_second"]) +
         " a second)";
}

std::string watermark_text(const json& job) {
  if (job["watermark"].is_null()) return "-";
  return when(job["watermark"]) + ", " + span(job["watermark_lag_ms"]) + " behind the clock";
}

std::string counts_text(const json& c, const json& last) {
  std::string text = count(c["completed"]) + " complete, " + count(c["failed"]) + " failed";
  if (c["completed"].get<std::uint64_t>() == 0) return text;
  return text + "; number " + count(last) + " took " + span(c["last_duration_ms"]) + " and has " +
         size(c["last_bytes"]);
}

std::string attempt_text(const json& job) {
  std::string text = count(job["attempt"]) + ", after " + count(job["restarts"]) + " restarts";
  const auto from = job["restored_from"].get<std::uint64_t>();
  return from == 0 ? text : text + ", from checkpoint " + std::to_string(from);
}

std::string vertices_table(const json& vertices, std::size_t columns) {
  std::vector<text_row> rows;
  for (const json& v : vertices) {
    rows.push_back({std::to_string(rows.size() + 1), plain_text(v["name"]), count(v["parallelism"]),
                    count(v["rows_in"]), rate(v["rows_in_per_second"]), count(v["rows_out"]),
                    rate(v["rows_out_per_second"]), share(v["busy"]), share(v["backpressured"]),
                    when(v["watermark"]), size(v["state_bytes"])});
  }
  return text_table({"#", "vertex", "subtasks", "rows in", "a second", "rows out", "a second",
                     "busy", "held back", "watermark", "state"},
                    rows, columns);
}

std::string subtasks_table(const json& vertices, std::size_t columns) {
  std::vector<text_row> rows;
  std::size_t number = 0;
  for (const json& v : vertices) {
    ++number;
    for (const json& s : v["subtasks"]) {
      rows.push_back({std::to_string(number) + "." + count(s["subtask"]), plain_text(s["worker"]),
                      count(s["rows_in"]), count(s["rows_out"]), share(s["busy"]),
                      share(s["backpressured"]), share(s["idle"]), size(s["queued_bytes"]),
                      size(s["state_bytes"]), when(s["watermark"])});
    }
  }
  if (rows.size() > most_subtasks) {
    return std::to_string(rows.size()) + " subtasks; --json shows each of them\n";
  }
  return text_table({"subtask", "worker", "rows in", "rows out", "busy", "held back", "idle",
                     "queued", "state", "watermark"},
                    rows, columns);
}

}  // namespace

std::string job_page(const json& job, std::size_t columns) {
  std::string out = line("job", plain_text(job["id"])) + line("name", plain_text(job["name"])) +
                    line("status", status_text(job) + " after " + span(job["duration_ms"])) +
                    line("attempt", attempt_text(job)) + line("workers", joined(job["workers"])) +
                    line("rows", rows_text(job)) + line("watermark", watermark_text(job)) +
                    line("checkpoints", counts_text(job["checkpoints"], job["last_checkpoint"]));
  if (!job["vertices"].empty()) {
    out += vertices_table(job["vertices"], columns) + subtasks_table(job["vertices"], columns);
  }
  return out + failures_text(job);
}

std::string checkpoints_page(const json& answer, std::size_t columns) {
  const json& all = answer["checkpoints"];
  std::vector<text_row> rows;
  for (auto c = all.rbegin(); c != all.rend(); ++c) {
    rows.push_back({count((*c)["id"]), plain_text((*c)["status"]), when((*c)["triggered_at"]),
                    span((*c)["duration_ms"]), size((*c)["bytes"]),
                    count((*c)["acknowledged"]) + " of " + count((*c)["tasks"]),
                    plain_text((*c)["failure"])});
  }
  return count(answer["completed"]) + " complete, " + count(answer["failed"]) + " failed\n" +
         text_table({"checkpoint", "status", "triggered", "took", "size", "tasks", "why"}, rows,
                    columns);
}

std::string failures_text(const json& job) {
  std::string out;
  for (const json& f : job["failures"]) {
    const std::string task = plain_text(f["task"]);
    const std::string worker = plain_text(f["worker"]);
    out += "attempt " + plain_text(f["attempt"]) + " failed: error " + plain_text(f["code"]) +
           ": " + plain_text(f["message"]) + "\n  at " + when(f["at"]);
    if (!task.empty()) out += ", in " + task;
    if (!worker.empty()) out += ", on " + worker;
    out += "\n";
    const std::string hint = plain_text(f["hint"]);
    if (!hint.empty()) out += "  hint: " + hint + "\n";
  }
  return out;
}

}  // namespace millrace::cli
