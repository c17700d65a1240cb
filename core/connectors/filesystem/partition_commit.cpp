#include "core/connectors/filesystem/partition_commit.hpp"

#include "core/connectors/table_options.hpp"
#include "core/data/civil_time.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::connectors::filesystem {

result<partition_commit> partition_commit::make(const plan::table_definition& table) {
  const table_options read(table.options);
  partition_commit out;
  const std::string trigger = read.text("sink.partition-commit.trigger", "process-time");
  if (trigger != "process-time" && trigger != "partition-time")
    return bad_option("sink.partition-commit.trigger", trigger,
                      "is neither process-time nor partition-time");
  out.by_partition_time_ = trigger == "partition-time";
  MILLRACE_TRY(out.delay_ms_, read.duration_ms("sink.partition-commit.delay", 0));
  out.pattern_ = read.text("partition.time-extractor.timestamp-pattern");
  const std::string policy = read.text("sink.partition-commit.policy.kind");
  if (policy == "success-file")
    out.success_file_ = read.text("sink.partition-commit.success-file.name", "_SUCCESS");
  else if (!policy.empty())
    return make_error(errc::sql_not_supported,
                      fmt::format("option 'sink.partition-commit.policy.kind' = '{}'", policy),
                      "'success-file' is supported");
  return out;
}

result<timestamp_ms> partition_commit::time_of(
    const std::vector<std::pair<std::string, std::string>>& values) const {
  std::string text = pattern_;
  if (text.empty() && !values.empty()) text = values.front().second;
  // Longer names first, so that $dt does not stand for the front of $dtx.
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  for (const auto& [key, value] : sorted)
    for (std::size_t at = 0; (at = text.find('$' + key, at)) != std::string::npos;
         at += value.size())
      text.replace(at, key.size() + 1, value);
  const auto ticks = data::parse_timestamp(text, 3);
  if (ticks) return *ticks;
  return make_error(errc::connector_bad_record,
                    fmt::format("a partition's time is '{}', which is no timestamp", text),
                    "'partition.time-extractor.timestamp-pattern' must give yyyy-MM-dd HH:mm:ss");
}

result<void> partition_commit::note(const std::string& folder,
                                    const std::vector<std::pair<std::string, std::string>>& values,
                                    timestamp_ms now) {
  if (!active() || open_.contains(folder)) return {};
  timestamp_ms from = now;
  if (by_partition_time_) {
    MILLRACE_TRY(from, time_of(values));
  }
  open_.emplace(folder, from + delay_ms_);
  return {};
}

std::vector<std::string> partition_commit::take_complete(timestamp_ms now, timestamp_ms watermark,
                                                         bool end_of_input) {
  std::vector<std::string> out;
  for (auto it = open_.begin(); it != open_.end();) {
    const timestamp_ms reached = by_partition_time_ ? watermark : now;
    if (!end_of_input && reached < it->second) {
      ++it;
      continue;
    }
    out.push_back(it->first);
    it = open_.erase(it);
  }
  return out;
}

}  // namespace millrace::connectors::filesystem
