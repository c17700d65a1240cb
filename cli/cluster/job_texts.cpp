#include "cli/cluster/job_texts.hpp"

#include "cli/figures.hpp"
#include "cli/text_table.hpp"

#include <nlohmann/json.hpp>

namespace millrace::cli {

namespace {

using nlohmann::json;

std::string span(const json& milliseconds) { return span_text(milliseconds.get<std::int64_t>()); }

}  // namespace

std::string plain_text(const json& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string status_text(const json& job) {
  const std::string waits = job.value("waits_for", "");
  return plain_text(job["status"]) + (waits.empty() ? "" : ", waits for " + waits);
}

std::string joined(const json& names) {
  std::string all;
  for (const json& name : names) all += (all.empty() ? "" : ", ") + plain_text(name);
  return all.empty() ? "-" : all;
}

std::string text_table(const text_row& names, const std::vector<text_row>& rows,
                       std::size_t columns) {
  std::vector<const text_row*> views;
  for (const text_row& row : rows) views.push_back(&row);
  std::string out;
  draw_table(out, names, views, columns);
  return out;
}

std::string jobs_text(const json& jobs, std::size_t columns) {
  std::vector<text_row> rows;
  for (const json& job : jobs) {
    rows.push_back({plain_text(job["id"]), plain_text(job["name"]), status_text(job),
                    span(job["duration_ms"]), plain_text(job["rows_in"]),
                    plain_text(job["rows_out"]), plain_text(job["restarts"])});
  }
  return text_table({"job", "name", "status", "duration", "rows in", "rows out", "restarts"}, rows,
                    columns);
}

std::string history_text(const json& jobs, std::size_t columns) {
  const auto when = [](const json& at) { return when_text(at.get<timestamp_ms>()); };
  std::vector<text_row> rows;
  for (const json& job : jobs) {
    rows.push_back({plain_text(job["id"]), plain_text(job["name"]), plain_text(job["status"]),
                    when(job["submitted_at"]), when(job["ended_at"]), span(job["duration_ms"]),
                    plain_text(job["rows_in"]), plain_text(job["rows_out"]),
                    plain_text(job["last_checkpoint"]), plain_text(job["failures"])});
  }
  return text_table({"job", "name", "status", "submitted", "ended", "duration", "rows in",
                     "rows out", "checkpoint", "failures"},
                    rows, columns);
}

std::string summary_line(const json& job) {
  return plain_text(job["name"]) + " (" + plain_text(job["id"]) +
         "): " + plain_text(job["status"]) + ", in " + plain_text(job["rows_in"]) + " rows, out " +
         plain_text(job["rows_out"]) + " rows, " + span(job["duration_ms"]);
}

std::string workers_text(const json& workers, std::size_t columns) {
  std::vector<text_row> rows;
  for (const json& w : workers) {
    rows.push_back({plain_text(w["name"]), plain_text(w["slots"]), plain_text(w["free_slots"]),
                    w["draining"].get<bool>() ? "draining" : "serving",
                    plain_text(w["silent_ms"]) + " ms", plain_text(w["data_endpoint"])});
  }
  return text_table({"worker", "slots", "free", "status", "last word", "data"}, rows, columns);
}

}  // namespace millrace::cli
