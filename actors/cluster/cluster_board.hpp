#pragma once

#include "actors/jobs/job_runner.hpp"
#include "core/base/error.hpp"
#include "core/coordination/control_messages.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace millrace::actors {

/// Where a job of a cluster stands. Names as in Flink's JobStatus.
enum class cluster_job_status : std::uint8_t {
  created,  ///< waits for slots
  running,
  restarting,  ///< has failed and will be started again
  cancelling,
  finished,
  cancelled,
  failed
};

[[nodiscard]] std::string_view to_text(cluster_job_status status);
[[nodiscard]] constexpr bool is_over(cluster_job_status s) {
  return s == cluster_job_status::finished || s == cluster_job_status::cancelled ||
         s == cluster_job_status::failed;
}

/// Why an attempt ended.
struct attempt_failure {
  coordination::attempt_number attempt = 0;
  timestamp_ms at = 0;
  error cause;
};

/// A job as the outside sees it.
struct cluster_job {
  std::string id;
  std::string name;
  cluster_job_status status = cluster_job_status::created;
  std::string waits_for;  ///< what keeps it from running: slots, a delay; empty: nothing
  std::uint32_t slots = 1;
  std::uint32_t attempts = 0;
  timestamp_ms submitted_at = 0;
  timestamp_ms ended_at = 0;              ///< 0: not yet
  std::vector<attempt_failure> failures;  ///< the last ones, oldest first
  std::vector<std::string> workers;       ///< of the attempt that runs
  checkpoint_id last_checkpoint{};
  std::shared_ptr<job> running;  ///< the attempt that runs; null: none
  /// The counters of the tasks of the attempt that ended last.
  std::vector<std::shared_ptr<const runtime::task_metrics>> last_tasks;

  /// The counters of the attempt that runs, or ran last.
  [[nodiscard]] std::vector<std::shared_ptr<const runtime::task_metrics>> tasks() const {
    return running ? running->tasks() : last_tasks;
  }
};

/// A worker as the outside sees it.
struct cluster_worker {
  std::string name;
  std::string data_endpoint;
  std::uint32_t slots = 0;
  std::uint32_t free_slots = 0;
  bool draining = false;
  std::int64_t silent_ms = 0;  ///< since its last word
};

/// What the outside may know of a cluster: written by the coordinator's actors, read by any thread.
class cluster_board {
 public:
  /// At most so many failures are kept of a job (Flink's web.exception-history-size).
  static constexpr std::size_t kept_failures = 16;

  void put(cluster_job job);
  /// Changes a job in place; does nothing for ids that are not there.
  void change(const std::string& id, const std::function<void(cluster_job&)>& how);
  void set_workers(std::vector<cluster_worker> workers);

  [[nodiscard]] std::vector<cluster_job> jobs() const;  ///< by time of submission
  [[nodiscard]] std::optional<cluster_job> find(const std::string& id) const;
  [[nodiscard]] std::vector<cluster_worker> workers() const;

 private:
  mutable std::mutex mutex_;
  std::vector<cluster_job> jobs_;        // guarded by mutex_
  std::vector<cluster_worker> workers_;  // guarded by mutex_
};

}  // namespace millrace::actors
