#pragma once

#include "core/base/clock.hpp"
#include "core/base/config.hpp"
#include "core/base/result.hpp"
#include "core/plan/catalog.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::connectors::filesystem {

/// Says when a partition is complete. Source: Flink documentation, "FileSystem SQL Connector:
/// Partition Commit". One per writer.
class partition_commit {
 public:
  /// Errors: 2004 for the metastore policy, 2032.
  [[nodiscard]] static result<partition_commit> make(const plan::table_definition& table);

  /// There is something to be done for complete partitions.
  [[nodiscard]] bool active() const { return success_file_.has_value(); }
  /// A row went to the partition `folder` with these values at `now`. Error 4003 when its values
  /// form no time (trigger partition-time).
  [[nodiscard]] result<void> note(const std::string& folder,
                                  const std::vector<std::pair<std::string, std::string>>& values,
                                  timestamp_ms now);
  /// Takes the partitions complete by `now` and the watermark; all of them at the end of input.
  [[nodiscard]] std::vector<std::string> take_complete(timestamp_ms now, timestamp_ms watermark,
                                                       bool end_of_input);
  /// The partitions that are not complete, and when they will be.
  [[nodiscard]] const std::map<std::string, timestamp_ms>& open() const { return open_; }
  /// One that was open when the job's checkpoint was taken.
  void reopen(const std::string& folder, timestamp_ms complete_at) {
    open_.emplace(folder, complete_at);
  }
  [[nodiscard]] const std::string& success_file() const { return *success_file_; }

 private:
  [[nodiscard]] result<timestamp_ms> time_of(
      const std::vector<std::pair<std::string, std::string>>& values) const;

  bool by_partition_time_ = false;
  std::int64_t delay_ms_ = 0;
  std::string pattern_;
  std::optional<std::string> success_file_;
  std::map<std::string, timestamp_ms> open_;  // folder -> when it is complete
};

}  // namespace millrace::connectors::filesystem
