#pragma once

#include "actors/jobs/job_runner.hpp"
#include "actors/system/engine.hpp"
#include "cli/job_state.hpp"
#include "cli/run_metrics.hpp"
#include "core/base/error.hpp"
#include "core/plan/physical/physical_plan.hpp"
#include "core/runtime/collect_queue.hpp"
#include "core/sql/session/job_directory.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace millrace::cli {

/// What all jobs of a process are started with.
struct job_settings {
  bool log_checkpoints = false;  ///< a line on stderr for every checkpoint
  checkpoint_request checkpoints;
  std::int64_t memory_bytes = 0;  ///< what the process may use; 0: no limit of its own
  /// Where metrics are served on loopback; 0: a port of the system's choice, none: nowhere.
  std::optional<std::uint16_t> metrics_port;
};

/// A job that a statement has started. A value: copies speak of the same job.
struct running_job {
  std::string name;  ///< for people: SELECT, INSERT
  std::shared_ptr<actors::job> handle;
  std::int64_t started_us = 0;  ///< of the steady clock
  job_state state;
  text_position at = {};        ///< where the statement begins
  std::string title = {};       ///< what SHOW JOBS calls it
  std::int64_t started_ms = 0;  ///< since 1970
  bool stopped = false;         ///< a statement wanted its end

  [[nodiscard]] std::int64_t elapsed_us() const;
};

/// Blocks until the job has ended. An error without a place gets the statement's where the SQL text
/// is to blame.
[[nodiscard]] result<void> wait_for(const running_job& job);
/// The job's `progress_line`.
[[nodiscard]] std::string progress_of(const running_job& job);

/// The jobs of this process, numbered as they start, and the engine that runs them, which starts
/// with the first. Owner: a command. One thread starts jobs, any thread may stop them.
class running_jobs final : public sql::job_directory {
 public:
  explicit running_jobs(job_settings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::vector<sql::listed_job> list() const override;
  [[nodiscard]] result<std::string> stop(const std::string& id, bool savepoint) override;

  /// Serves metrics when the settings ask for it. Errors: 5004.
  [[nodiscard]] result<void> serve_metrics();
  /// Starts a job, its warnings on stderr. `collect` takes the rows of a SELECT.
  /// Errors: those of `open_job_state` and `actors::start_job`.
  [[nodiscard]] result<running_job> start(plan::physical_plan plan, std::string name,
                                          text_position at,
                                          std::shared_ptr<runtime::collect_queue> collect);
  /// All of them, in the order of their start.
  [[nodiscard]] std::vector<running_job> all() const;
  /// Cancels what runs, and at once what is started later; with savepoints before if the settings
  /// say so.
  void stop_all();
  /// Writes the savepoint of every job that has one, when the settings ask for it. Errors: 6002.
  [[nodiscard]] result<void> write_savepoints() const;

 private:
  [[nodiscard]] result<running_job> take_to_stop(const std::string& id);
  [[nodiscard]] std::function<void(checkpoint_id, const std::optional<error>&)> checkpoint_log(
      const job_state& state) const;

  job_settings settings_;
  std::optional<actors::engine> engine_;
  run_metrics metrics_;       // goes before the engine
  mutable std::mutex mutex_;  // of what follows
  std::vector<running_job> jobs_;
  bool stopping_ = false;
};

}  // namespace millrace::cli
