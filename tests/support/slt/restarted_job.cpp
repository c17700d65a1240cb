#include "tests/support/slt/restarted_job.hpp"

#include "core/coordination/memory_snapshot_store.hpp"

#include <utility>

namespace millrace::testing {

restarted_job::restarted_job(actors::engine& engine, planner plan, bool durable)
    : engine_(engine), plan_(std::move(plan)) {
  if (durable) store_ = std::make_shared<coordination::memory_snapshot_store>();
}

result<void> restarted_job::start() { return start(0); }

result<void> restarted_job::start(std::uint32_t parallelism) {
  MILLRACE_TRY(auto plan, plan_(parallelism));
  queue_ = std::make_shared<runtime::collect_queue>(std::int64_t{1} << 30);
  actors::job_options options;
  options.collect = queue_;
  options.checkpoints = store_;
  if (store_) {
    options.job_id = "test";
    MILLRACE_TRY(auto found,
                 store_->latest(coordination::verification::presence, checkpoint_id(UINT64_MAX)));
    if (found) {
      options.restore =
          std::make_shared<coordination::restore_plan>(std::move(found->manifest), store_);
    }
  }
  MILLRACE_TRY(job_, actors::start_job(engine_, std::move(plan), options));
  return {};
}

bool restarted_job::checkpoint() { return job_->checkpoint().ok(); }

bool restarted_job::await_checkpoint() { return job_->first_checkpoint().ok(); }

result<void> restarted_job::crash(std::uint32_t parallelism) {
  job_->cancel();
  const auto ended = job_->wait();
  if (ended.ok() || ended.error().code != errc::runtime_cancelled) return {};
  take_rows();
  return start(parallelism);
}

void restarted_job::take_rows() {
  while (!queue_->drained()) {
    if (auto batch = queue_->take(std::chrono::milliseconds(100))) {
      rows_.push_back(std::move(batch));
    }
  }
}

result<std::vector<data::batch_ptr>> restarted_job::finish() {
  take_rows();
  MILLRACE_CHECK(job_->wait());
  return std::move(rows_);
}

}  // namespace millrace::testing
