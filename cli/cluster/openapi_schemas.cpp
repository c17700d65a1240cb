#include "cli/cluster/described_route.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

namespace millrace::cli {

namespace {

using nlohmann::json;

json text() { return {{"type", "string"}}; }
json number() { return {{"type", "integer"}, {"minimum", 0}}; }
json rate() { return {{"type", "number"}, {"minimum", 0}}; }
json share() { return {{"type", "number"}, {"minimum", 0}, {"maximum", 1.000001}}; }
json yes_or_no() { return {{"type", "boolean"}}; }
json job_id() { return {{"type", "string"}, {"pattern", "^[0-9a-f]{16}$"}}; }
json time_of() { return {{"type", "integer"}, {"description", "milliseconds since 1970 UTC"}}; }
json signed_number() { return {{"type", "integer"}}; }

// Null where there is none.
json maybe(json schema) {
  schema["type"] = json::array({schema["type"], "null"});
  return schema;
}

json list_of(json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
json known(const std::string& schema) { return {{"$ref", "#/components/schemas/" + schema}}; }

using fields = std::initializer_list<std::pair<const char*, json>>;

// All of them are always there, and no others: clients may count on it, and tests see what is new.
json object(fields list) {
  json all = {{"type", "object"}, {"additionalProperties", false}, {"required", json::array()}};
  for (const auto& [name, schema] : list) {
    all["properties"][name] = schema;
    all["required"].push_back(name);
  }
  return all;
}

json with(json base, fields list) {
  const json more = object(list);
  base["properties"].update(more["properties"]);
  for (const json& name : more["required"]) {
    if (std::ranges::find(base["required"], name) == base["required"].end()) {
      base["required"].push_back(name);
    }
  }
  return base;
}

json error_schema() {
  json inner = object({{"message", text()}});
  inner["properties"]["code"] = {{"type", "integer"},
                                 {"description", "of docs/reference/errors.md"}};
  inner["properties"]["hint"] = text();
  inner["properties"]["text"] = {{"type", "string"},
                                 {"description", "with the place in the script"}};
  return object({{"error", inner}});
}

json failure_fields() {
  return object({{"code", number()}, {"message", text()}, {"hint", text()}});
}

json submission() {
  json all = object({{"script", text()}});
  all["properties"]["settings"] = {{"type", "object"}, {"additionalProperties", text()}};
  all["properties"]["name"] = text();
  all["properties"]["savepoint"] = text();
  all["properties"]["replace"] = yes_or_no();
  return all;
}

json counters() {
  return object({{"rows_in", number()},
                 {"rows_out", number()},
                 {"bytes_in", number()},
                 {"bytes_out", number()},
                 {"rows_in_per_second", rate()},
                 {"rows_out_per_second", rate()},
                 {"queued_bytes", number()},
                 {"state_bytes", number()},
                 {"busy", share()},
                 {"backpressured", share()},
                 {"idle", share()},
                 {"watermark", maybe(time_of())},
                 {"watermark_lag_ms", maybe(signed_number())}});
}

json subtask() {
  return with(counters(), {{"subtask", number()},
                           {"worker", text()},
                           {"busy_ms", number()},
                           {"backpressured_ms", number()},
                           {"idle_ms", number()}});
}

json vertex() {
  const json one = object({{"name", text()},
                           {"node", number()},
                           {"rows_in", number()},
                           {"rows_out", number()},
                           {"late_rows", number()},
                           {"rejected_rows", number()},
                           {"null_key_rows", number()}});
  return with(counters(), {{"name", text()},
                           {"parallelism", number()},
                           {"operators", list_of(one)},
                           {"subtasks", list_of(known("subtask"))}});
}

json checkpoint_counts() {
  return object({{"completed", number()},
                 {"failed", number()},
                 {"last_duration_ms", number()},
                 {"last_bytes", number()}});
}

json checkpoint() {
  return object({{"id", number()},
                 {"status", {{"enum", {"in_progress", "complete", "failed"}}}},
                 {"in_line", yes_or_no()},
                 {"triggered_at", time_of()},
                 {"duration_ms", number()},
                 {"bytes", number()},
                 {"tasks", number()},
                 {"acknowledged", number()},
                 {"failure", text()}});
}

json job_summary() {
  return object(
      {{"id", job_id()},
       {"name", text()},
       {"status",
        {{"enum",
          {"CREATED", "RUNNING", "RESTARTING", "CANCELLING", "FINISHED", "CANCELED", "FAILED"}}}},
       {"waits_for", text()},
       {"slots", number()},
       {"attempt", number()},
       {"restarts", number()},
       {"workers", list_of(text())},
       {"submitted_at", time_of()},
       {"ended_at", maybe(time_of())},
       {"duration_ms", signed_number()},
       {"last_checkpoint", number()},
       {"restored_from", number()},
       {"checkpoints", known("checkpoint_counts")},
       {"rows_in", number()},
       {"rows_out", number()},
       {"rows_in_per_second", rate()},
       {"rows_out_per_second", rate()},
       {"watermark", maybe(time_of())},
       {"watermark_lag_ms", maybe(signed_number())},
       {"failures", number()}});
}

json failure() {
  return with(failure_fields(),
              {{"attempt", number()}, {"at", time_of()}, {"worker", text()}, {"task", text()}});
}

json job_detail() {
  return with(job_summary(),
              {{"failures", list_of(known("failure"))}, {"vertices", list_of(known("vertex"))}});
}

json worker() {
  return object({{"name", text()},
                 {"data_endpoint", text()},
                 {"slots", number()},
                 {"free_slots", number()},
                 {"draining", yes_or_no()},
                 {"silent_ms", number()}});
}

json metrics() {
  const json job_status = job_summary()["properties"]["status"];
  const json job = object({{"id", job_id()},
                           {"name", text()},
                           {"status", job_status},
                           {"slots", number()},
                           {"tasks", number()},
                           {"restarts", number()},
                           {"rows_in", number()},
                           {"rows_out", number()},
                           {"rows_in_per_second", rate()},
                           {"rows_out_per_second", rate()},
                           {"busy", share()},
                           {"backpressured", share()},
                           {"idle", share()},
                           {"queued_bytes", number()},
                           {"state_bytes", number()},
                           {"watermark_lag_ms", maybe(signed_number())},
                           {"checkpoints", known("checkpoint_counts")}});
  return object({{"at", time_of()},
                 {"slots", object({{"all", number()}, {"free", number()}})},
                 {"workers", list_of(worker())},
                 {"jobs", list_of(job)}});
}

json log_line() { return object({{"at", time_of()}, {"text", text()}}); }

json dump() {
  const json task = object({{"task", number()},
                            {"vertex", text()},
                            {"subtask", number()},
                            {"worker", text()},
                            {"state", text()},
                            {"queued_bytes", number()},
                            {"state_bytes", number()},
                            {"rows_received", number()},
                            {"rows_sent", number()}});
  const json job = object({{"job", known("job_summary")},
                           {"checkpoints", list_of(known("checkpoint"))},
                           {"tasks", list_of(task)}});
  const json process =
      object({{"version", text()},
              {"actors", number()},
              {"metrics", {{"type", "object"}, {"additionalProperties", rate()}}}});
  return object({{"lines", list_of(log_line())},
                 {"process", process},
                 {"workers", list_of(worker())},
                 {"jobs", list_of(job)}});
}

}  // namespace

json openapi_schemas() {
  const json started = object({{"id", job_id()}, {"name", text()}});
  const json count = {{"type", "integer"}, {"minimum", 1}, {"maximum", 32767}};
  json all;
  all["error"] = error_schema();
  all["submission"] = submission();
  all["submitted"] = object({{"jobs", list_of(started)}});
  all["jobs"] = object({{"jobs", list_of(known("job_summary"))}});
  all["job_summary"] = job_summary();
  all["job"] = job_detail();
  all["failure"] = failure();
  all["vertex"] = vertex();
  all["subtask"] = subtask();
  all["checkpoint"] = checkpoint();
  all["checkpoint_counts"] = checkpoint_counts();
  all["checkpoints"] = with(checkpoint_counts(), {{"restored_from", number()},
                                                  {"checkpoints", list_of(known("checkpoint"))}});
  all["job_named"] = object({{"id", job_id()}});
  all["savepoint"] = object({{"id", job_id()}, {"savepoint", text()}});
  all["new_parallelism"] = object({{"parallelism", count}});
  all["rescaled"] = object({{"id", job_id()}, {"parallelism", count}});
  all["plan"] = object({{"id", job_id()},
                        {"tree", text()},
                        {"dot", text()},
                        {"plan", {{"type", json::array({"object", "array"})}}}});
  all["lines"] = object({{"lines", list_of(log_line())}});
  all["dump"] = dump();
  all["workers"] = object({{"workers", list_of(worker())}});
  all["metrics"] = metrics();
  all["worker_named"] = object({{"worker", text()}});
  all["document"] = {{"type", "object"}};
  return all;
}

}  // namespace millrace::cli
