#pragma once

#include "core/base/error.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::coordination {

/// States of a job, as Flink names them.
enum class job_status : std::uint8_t {
  created,
  running,
  cancelling,
  failing,
  finished,
  cancelled,
  failed
};

[[nodiscard]] constexpr bool is_final(job_status s) {
  return s == job_status::finished || s == job_status::cancelled || s == job_status::failed;
}

/// What the job master has to do after an event.
enum class job_action : std::uint8_t {
  none,
  stop_tasks,  ///< tell every task that still runs to stop
  conclude,    ///< all tasks have stopped: the job has reached a final state
};

/// Follows the tasks of one attempt of a job.
///
/// Sans-I/O; used by the job master. The first cause of a failure is kept; what fails while tasks
/// are being stopped follows from it.
class job_state_machine {
 public:
  explicit job_state_machine(std::uint32_t tasks) : stopped_(tasks, false), running_(tasks) {}

  void on_started();
  [[nodiscard]] job_action on_task_finished(std::uint32_t task);
  /// The task has stopped with an error.
  [[nodiscard]] job_action on_task_failed(std::uint32_t task, error cause);
  /// The task has stopped because it was told to.
  [[nodiscard]] job_action on_task_cancelled(std::uint32_t task);
  /// An error that is no task's: of the enumerator, of a committer.
  [[nodiscard]] job_action on_failure(error cause);
  [[nodiscard]] job_action on_cancel();

  [[nodiscard]] job_status status() const { return status_; }
  [[nodiscard]] std::uint32_t running_tasks() const { return running_; }
  [[nodiscard]] const std::optional<error>& cause() const { return cause_; }
  /// The task that the cause came from; none: it came from no task.
  [[nodiscard]] std::optional<std::uint32_t> culprit() const { return culprit_; }

 private:
  [[nodiscard]] job_action stop(std::uint32_t task);
  [[nodiscard]] job_action conclude();

  std::vector<bool> stopped_;
  std::uint32_t running_;
  job_status status_ = job_status::created;
  std::optional<error> cause_;
  std::optional<std::uint32_t> culprit_;
};

}  // namespace millrace::coordination
