#include "cli/cluster/vertex_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace millrace::cli {

namespace {

using nlohmann::json;
using runtime::task_metrics;

bool has_time(timestamp_ms at) { return at != min_watermark && at != max_watermark; }

// Fields that a vertex has the sum of.
json sums_of(const task_metrics& t, bool running) {
  return {{"rows_in", t.source_rows.load() + t.received_rows.load()},
          {"rows_out", t.sink_rows.load() + t.sent_rows.load()},
          {"bytes_in", t.received_bytes.load()},
          {"bytes_out", t.sent_bytes.load()},
          {"rows_in_per_second", running ? t.rates.rows_in.load() : 0.0},
          {"rows_out_per_second", running ? t.rates.rows_out.load() : 0.0},
          {"queued_bytes", t.queued_bytes.load()},
          {"state_bytes", t.state_bytes.load()}};
}

// Fields that a vertex has the largest of: one slow subtask holds all others back.
json shares_of(const task_metrics& t, bool running) {
  return {{"busy", running ? t.rates.busy.load() : 0.0},
          {"backpressured", running ? t.rates.blocked.load() : 0.0},
          {"idle", running ? t.rates.idle.load() : 0.0}};
}

json subtask_json(const task_metrics& t, bool running, timestamp_ms now) {
  const timestamp_ms watermark = t.watermark.load();
  json one = {{"subtask", t.subtask},
              {"worker", t.worker},
              {"watermark", watermark_json(watermark)},
              {"watermark_lag_ms", lag_json(watermark, now)},
              {"busy_ms", t.busy_us.load() / 1000},
              {"backpressured_ms", t.blocked_us.load() / 1000},
              {"idle_ms", t.idle_us.load() / 1000}};
  one.update(sums_of(t, running));
  one.update(shares_of(t, running));
  return one;
}

json operator_json(const runtime::named_operator_metrics& o) {
  return {{"name", o.name},
          {"node", o.node},
          {"rows_in", o.counters.rows_in.load()},
          {"rows_out", o.counters.rows_out.load()},
          {"late_rows", o.counters.late_rows.load()},
          {"rejected_rows", o.counters.rejected_rows.load()},
          {"null_key_rows", o.counters.null_key_rows.load()}};
}

/// Adds subtasks up to their vertex.
class vertex_total {
 public:
  vertex_total(const task_metrics& first, bool running, timestamp_ms now)
      : running_(running), now_(now) {
    json_ = {{"name", first.vertex}, {"operators", json::array()}, {"subtasks", json::array()}};
  }
  void add(const task_metrics& t) {
    const json sums = sums_of(t, running_);
    for (const auto& [name, value] : sums.items()) add(json_, name, value);
    const json shares = shares_of(t, running_);
    for (const auto& [name, value] : shares.items()) {
      const double largest = std::max(json_.value(name, 0.0), value.get<double>());
      json_[name] = largest;
    }
    for (std::size_t i = 0; i < t.operators.size(); ++i) add(i, *t.operators[i]);
    watermark_ = std::min(watermark_, t.watermark.load());
    json_["subtasks"].push_back(subtask_json(t, running_, now_));
  }
  json take() {
    json_["parallelism"] = json_["subtasks"].size();
    json_["watermark"] = watermark_json(watermark_);
    json_["watermark_lag_ms"] = lag_json(watermark_, now_);
    return std::move(json_);
  }

 private:
  static void add(json& to, const std::string& name, const json& value) {
    if (value.is_number_float()) {
      const double sum = to.value(name, 0.0) + value.get<double>();
      to[name] = sum;
    } else {
      const std::uint64_t sum = to.value(name, std::uint64_t{0}) + value.get<std::uint64_t>();
      to[name] = sum;
    }
  }
  void add(std::size_t place, const runtime::named_operator_metrics& o) {
    json& all = json_["operators"];
    json one = operator_json(o);
    if (place == all.size()) return all.push_back(std::move(one));
    for (const auto& [name, value] : one.items()) {
      if (name != "name" && name != "node") add(all[place], name, value);
    }
  }

  bool running_;
  timestamp_ms now_;
  json json_;
  timestamp_ms watermark_ = max_watermark;
};

}  // namespace

json watermark_json(timestamp_ms at) { return has_time(at) ? json(at) : json(); }

json lag_json(timestamp_ms at, timestamp_ms now) { return has_time(at) ? json(now - at) : json(); }

// Tasks come vertex by vertex.
json vertices_json(const actors::cluster_job& job, timestamp_ms now) {
  json vertices = json::array();
  std::optional<vertex_total> total;
  for (const auto& task : job.tasks()) {
    if (task->subtask == 0) {
      if (total) vertices.push_back(total->take());
      total.emplace(*task, job.running != nullptr, now);
    }
    if (total) total->add(*task);
  }
  if (total) vertices.push_back(total->take());
  return vertices;
}

}  // namespace millrace::cli
