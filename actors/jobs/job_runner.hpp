#pragma once

#include "actors/jobs/job_record.hpp"
#include "actors/jobs/job_setup.hpp"
#include "actors/system/engine.hpp"
#include "core/coordination/job_state_machine.hpp"
#include "core/runtime/task_metrics.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace millrace::actors {

/// A job that was started. Thread safe. Dropping the handle does not end the job.
class job {
 public:
  virtual ~job() = default;
  [[nodiscard]] virtual coordination::job_status status() const = 0;
  /// Blocks until the job has ended. Errors: the first cause of its failure; 3007 when cancelled.
  [[nodiscard]] virtual result<void> wait() = 0;
  /// False when the job has not ended within `patience`.
  [[nodiscard]] virtual bool wait_for(std::chrono::milliseconds patience) = 0;
  /// Asks the job to stop; `wait` tells when it has. Also fine after its end.
  virtual void cancel() = 0;
  /// Sends a barrier through the job and blocks until every task has frozen and acknowledged.
  /// With `in_line`, as savepoints need it, the barrier overtakes no rows whatever the options say.
  /// Errors: 3009 when the job ended meanwhile.
  [[nodiscard]] virtual result<checkpoint_id> checkpoint(bool in_line = false) = 0;
  /// Blocks until the first checkpoint of this start is complete; for jobs that take checkpoints by
  /// themselves. Errors: 3009 when it was given up, or the job ended before.
  [[nodiscard]] virtual result<checkpoint_id> first_checkpoint() = 0;
  /// Lets every task look again at its source and its clock: a test has fed rows or moved time.
  virtual void wake() = 0;
  /// The counters of all tasks, live.
  [[nodiscard]] virtual std::vector<std::shared_ptr<const runtime::task_metrics>> tasks() const = 0;
  /// The task whose failure ended the job; null: none did.
  [[nodiscard]] virtual std::shared_ptr<const runtime::task_metrics> culprit() const = 0;
  [[nodiscard]] virtual checkpoint_statistics checkpoints() const = 0;
  /// What runs; for EXPLAIN and progress.
  [[nodiscard]] virtual const plan::physical_plan& plan() const = 0;
};

/// Starts a job in this process. Errors: those of its connectors and options; what fails later
/// comes from `wait`.
[[nodiscard]] result<std::shared_ptr<job>> start_job(engine& in, plan::physical_plan plan,
                                                     job_options options = {});

}  // namespace millrace::actors
