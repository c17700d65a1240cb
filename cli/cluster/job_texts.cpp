#include "cli/cluster/job_texts.hpp"

#include "cli/text_table.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <vector>

namespace millrace::cli {

namespace {

using nlohmann::json;

std::string text(const json& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string seconds(const json& milliseconds) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f s", milliseconds.get<double>() / 1000);
  return buffer;
}

std::string table(const text_row& names, const std::vector<text_row>& rows) {
  std::vector<const text_row*> views;
  for (const text_row& row : rows) views.push_back(&row);
  std::string out;
  draw_table(out, names, views, 0);
  return out;
}

std::string status_of(const json& job) {
  const std::string waits = job.value("waits_for", "");
  return text(job["status"]) + (waits.empty() ? "" : ", waits for " + waits);
}

std::string joined(const json& names) {
  std::string all;
  for (const json& name : names) all += (all.empty() ? "" : ", ") + text(name);
  return all.empty() ? "-" : all;
}

}  // namespace

std::string jobs_text(const json& jobs) {
  std::vector<text_row> rows;
  for (const json& job : jobs) {
    rows.push_back({text(job["id"]), text(job["name"]), status_of(job), seconds(job["duration_ms"]),
                    text(job["rows_in"]), text(job["rows_out"]), text(job["restarts"])});
  }
  return table({"job", "name", "status", "duration", "rows in", "rows out", "restarts"}, rows);
}

std::string job_text(const json& job) {
  std::string out = "job              " + text(job["id"]) + "\nname             " +
                    text(job["name"]) + "\nstatus           " + status_of(job) +
                    "\nworkers          " + joined(job["workers"]) + "\nrestarts         " +
                    text(job["restarts"]) + "\nlast checkpoint  " + text(job["last_checkpoint"]) +
                    "\nduration         " + seconds(job["duration_ms"]) + "\n";
  std::vector<text_row> rows;
  for (const json& vertex : job["vertices"]) {
    for (const json& s : vertex["subtasks"]) {
      rows.push_back({text(vertex["name"]), text(s["subtask"]), text(s["rows_in"]),
                      text(s["rows_out"]), text(s["watermark"]), text(s["busy_ms"]),
                      text(s["backpressured_ms"])});
    }
  }
  out += table(
      {"vertex", "subtask", "rows in", "rows out", "watermark", "busy ms", "backpressured ms"},
      rows);
  return out + failures_text(job);
}

std::string summary_line(const json& job) {
  return text(job["name"]) + " (" + text(job["id"]) + "): " + text(job["status"]) + ", in " +
         text(job["rows_in"]) + " rows, out " + text(job["rows_out"]) + " rows, " +
         seconds(job["duration_ms"]);
}

std::string failures_text(const json& job) {
  std::string out;
  for (const json& f : job["failures"]) {
    out += "attempt " + text(f["attempt"]) + " failed: error " + text(f["code"]) + ": " +
           text(f["message"]) + "\n";
    if (!text(f["hint"]).empty()) out += "  hint: " + text(f["hint"]) + "\n";
  }
  return out;
}

std::string workers_text(const json& workers) {
  std::vector<text_row> rows;
  for (const json& w : workers) {
    rows.push_back({text(w["name"]), text(w["slots"]), text(w["free_slots"]),
                    w["draining"].get<bool>() ? "draining" : "serving",
                    text(w["silent_ms"]) + " ms", text(w["data_endpoint"])});
  }
  return table({"worker", "slots", "free", "status", "last word", "data"}, rows);
}

}  // namespace millrace::cli
