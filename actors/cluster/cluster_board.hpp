#pragma once

#include "actors/jobs/job_runner.hpp"
#include "core/coordination/job_entry.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::actors {

/// A job as the outside sees it: what the catalogue keeps of it, and how it does right now.
struct cluster_job {
  coordination::job_entry entry;
  std::string waits_for;  ///< what keeps it from running: slots, a delay; empty: nothing
  std::uint32_t slots = 1;
  std::vector<std::string> workers;  ///< of the attempt that runs
  checkpoint_id last_checkpoint{};
  checkpoint_id restored_from{};  ///< by the newest attempt; 0: it started anew
  std::shared_ptr<job> running;   ///< the attempt that runs; null: none
  /// The counters of the tasks of the attempt that ended last.
  std::vector<std::shared_ptr<const runtime::task_metrics>> last_tasks;
  checkpoint_statistics earlier;  ///< of attempts that have ended

  /// The counters of the attempt that runs, or ran last.
  [[nodiscard]] std::vector<std::shared_ptr<const runtime::task_metrics>> tasks() const {
    return running ? running->tasks() : last_tasks;
  }
  /// Of all attempts under this coordinator.
  [[nodiscard]] checkpoint_statistics checkpoints() const;
  /// The attempt has ended: what is to be known of it later is kept.
  void leave_attempt();
};

/// A line that the coordinator has logged.
struct log_line {
  timestamp_ms at = 0;  ///< wall clock
  std::string text;
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
  static constexpr std::size_t most_lines = 2000;

  /// What the catalogue keeps of a job has changed, or is new.
  void set_entry(const coordination::job_entry& entry);
  /// The catalogue has forgotten it.
  void erase(const std::string& id);
  /// Changes a job in place; does nothing for ids that are not there.
  void change(const std::string& id, const std::function<void(cluster_job&)>& how);
  void set_workers(std::vector<cluster_worker> workers);

  /// Of more than `most_lines`, the oldest are forgotten.
  void note(std::string line);

  /// Those that have `part` in them, oldest first.
  [[nodiscard]] std::vector<log_line> lines(std::string_view part) const;
  [[nodiscard]] std::vector<cluster_job> jobs() const;  ///< by time of submission
  [[nodiscard]] std::optional<cluster_job> find(const std::string& id) const;
  [[nodiscard]] std::vector<cluster_worker> workers() const;
  /// Blocks until the job has ended, or is not known. False: not within `patience`.
  [[nodiscard]] bool wait_for_end(const std::string& id, std::chrono::milliseconds patience) const;

 private:
  [[nodiscard]] std::vector<cluster_job>::iterator at(const std::string& id);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;  // an entry has
  std::vector<cluster_job> jobs_;            // guarded by mutex_
  std::vector<cluster_worker> workers_;      // guarded by mutex_
  std::deque<log_line> lines_;               // guarded by mutex_
};

}  // namespace millrace::actors
