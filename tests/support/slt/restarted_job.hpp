#pragma once

#include "actors/jobs/job_runner.hpp"
#include "actors/system/engine.hpp"
#include "core/coordination/snapshot_store.hpp"
#include "core/plan/physical/physical_plan.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace millrace::testing {

/// A job that a test crashes and restarts: every attempt goes on from the last checkpoint, perhaps
/// at another parallelism, and its rows are those of complete checkpoints. One thread.
class restarted_job {
 public:
  /// Plans the job; 0: as the session says.
  using planner = std::function<result<plan::physical_plan>(std::uint32_t parallelism)>;

  /// Without `durable` no checkpoint is kept, and the job must not be restarted.
  restarted_job(actors::engine& engine, planner plan, bool durable);

  [[nodiscard]] result<void> start();
  void wake() { job_->wake(); }
  /// Takes a checkpoint; false when the job has ended meanwhile: `finish` says how.
  [[nodiscard]] bool checkpoint();
  /// Waits for a checkpoint that the job takes by itself; false when it has ended before.
  [[nodiscard]] bool await_checkpoint();
  /// Drops all actors of the job, as a crash does, and starts it again from the last checkpoint.
  /// Does nothing when the job has ended.
  [[nodiscard]] result<void> crash(std::uint32_t parallelism);
  /// For a test that has failed.
  void cancel() { job_->cancel(); }
  /// Waits for the end; gives all rows. Errors: the job's.
  [[nodiscard]] result<std::vector<data::batch_ptr>> finish();

 private:
  [[nodiscard]] result<void> start(std::uint32_t parallelism);
  void take_rows();

  actors::engine& engine_;
  planner plan_;
  std::shared_ptr<coordination::snapshot_store> store_;
  std::shared_ptr<runtime::collect_queue> queue_;
  std::shared_ptr<actors::job> job_;
  std::vector<data::batch_ptr> rows_;
};

}  // namespace millrace::testing
