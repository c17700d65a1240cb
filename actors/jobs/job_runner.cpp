#include "actors/jobs/job_runner.hpp"

#include "actors/jobs/job_master.hpp"

#include <caf/send.hpp>

#include <utility>

namespace millrace::actors {

namespace {

class local_job final : public job {
 public:
  local_job(job_master_handle master, std::shared_ptr<job_setup> setup,
            std::shared_ptr<job_record> record)
      : master_(std::move(master)), setup_(std::move(setup)), record_(std::move(record)) {}

  coordination::job_status status() const override { return record_->status(); }
  result<void> wait() override { return record_->wait(); }
  bool wait_for(std::chrono::milliseconds patience) override { return record_->wait_for(patience); }
  void cancel() override { caf::anon_send<caf::message_priority::high>(master_, cancel_job{}); }

  result<checkpoint_id> checkpoint(bool in_line) override {
    const checkpoint_id before = record_->last_settled();
    caf::anon_send<caf::message_priority::high>(master_, checkpoint_wanted{in_line});
    return record_->wait_checkpoint(before, in_line);
  }

  result<checkpoint_id> first_checkpoint() override {
    return record_->wait_checkpoint(checkpoint_id(), false);
  }

  void wake() override { caf::anon_send(master_, wake_tasks{}); }

  std::vector<std::shared_ptr<const runtime::task_metrics>> tasks() const override {
    return record_->tasks();
  }
  std::shared_ptr<const runtime::task_metrics> culprit() const override {
    return record_->culprit();
  }
  checkpoint_statistics checkpoints() const override { return record_->checkpoints(); }
  const plan::physical_plan& plan() const override { return setup_->plan; }

 private:
  job_master_handle master_;
  std::shared_ptr<job_setup> setup_;
  std::shared_ptr<job_record> record_;
};

}  // namespace

result<std::shared_ptr<job>> start_job(engine& in, plan::physical_plan plan, job_options options) {
  if (options.budget == nullptr) options.budget = &in.budget();
  if (in.options().memory_bytes > 0) options.memory_limited = true;
  if (options.io == nullptr) options.io = &in.io();
  MILLRACE_TRY(auto setup, make_setup(std::move(plan), std::move(options)));
  auto record = std::make_shared<job_record>();
  auto master = spawn_job_master(in.system(), setup, record, in.options().isolate_control);
  // As urgent as `cancel` and `checkpoint`, which must not overtake it.
  caf::anon_send<caf::message_priority::high>(master, launch_job{});
  return std::shared_ptr<job>(std::make_shared<local_job>(std::move(master), setup, record));
}

}  // namespace millrace::actors
