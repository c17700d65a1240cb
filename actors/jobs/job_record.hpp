#pragma once

#include "actors/jobs/checkpoint_notes.hpp"
#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"
#include "core/coordination/job_state_machine.hpp"
#include "core/runtime/task_metrics.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace millrace::actors {

/// What has become of a job's checkpoints.
struct checkpoint_statistics {
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  checkpoint_id last{};  ///< the newest complete one
  std::int64_t last_duration_ms = 0;
  std::uint64_t last_bytes = 0;         ///< of all files that it refers to
  std::vector<checkpoint_note> newest;  ///< oldest first
};

/// What the outside may know of a job: written by its master, read by any thread.
class job_record {
 public:
  void set_tasks(std::vector<std::shared_ptr<const runtime::task_metrics>> tasks);
  void set_status(coordination::job_status status);
  /// The last word; `cause` when it failed, `culprit` when that was a task.
  void conclude(coordination::job_status status, std::optional<error> cause,
                std::optional<std::uint32_t> culprit);
  /// `in_line`: its barrier has overtaken nothing.
  void checkpoint_settled(checkpoint_id id, bool complete, bool in_line);
  /// Before `checkpoint_settled` of a checkpoint that is kept.
  void checkpoint_stored(checkpoint_id id, std::int64_t duration_ms, std::uint64_t bytes);
  // For people.
  void note_begun(const checkpoint_note& note);
  void note_acknowledged(checkpoint_id id);
  void note_settled(checkpoint_id id, timestamp_ms now, const std::optional<error>& failure);

  [[nodiscard]] coordination::job_status status() const;
  [[nodiscard]] std::vector<std::shared_ptr<const runtime::task_metrics>> tasks() const;
  /// The task whose failure ended the job; null: none did.
  [[nodiscard]] std::shared_ptr<const runtime::task_metrics> culprit() const;
  /// Blocks until the job has ended. Errors: its cause; 3007 when it was cancelled.
  [[nodiscard]] result<void> wait() const;
  /// False when the job has not ended within `patience`.
  [[nodiscard]] bool wait_for(std::chrono::milliseconds patience) const;
  /// Blocks until a checkpoint behind `id` is complete, or given up, or the job has ended (3009).
  /// With `in_line`, one whose barrier has overtaken nothing.
  [[nodiscard]] result<checkpoint_id> wait_checkpoint(checkpoint_id behind, bool in_line) const;
  [[nodiscard]] checkpoint_id last_settled() const;
  [[nodiscard]] checkpoint_statistics checkpoints() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  coordination::job_status status_ = coordination::job_status::created;
  std::optional<error> cause_;
  std::optional<std::uint32_t> culprit_;
  std::vector<std::shared_ptr<const runtime::task_metrics>> tasks_;
  struct settled_checkpoint {
    checkpoint_id id{};
    bool complete = false;
  };
  settled_checkpoint settled_;          // the newest
  settled_checkpoint settled_in_line_;  // the newest of those that overtook nothing
  checkpoint_statistics checkpoints_;
  checkpoint_notes notes_;
};

}  // namespace millrace::actors
