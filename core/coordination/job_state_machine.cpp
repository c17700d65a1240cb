#include "core/coordination/job_state_machine.hpp"

#include <utility>

namespace millrace::coordination {

void job_state_machine::on_started() {
  if (status_ == job_status::created) status_ = job_status::running;
}

job_action job_state_machine::on_task_finished(std::uint32_t task) { return stop(task); }
job_action job_state_machine::on_task_cancelled(std::uint32_t task) { return stop(task); }

job_action job_state_machine::on_task_failed(std::uint32_t task, error cause) {
  const bool first = !cause_;
  const job_action spread = on_failure(std::move(cause));
  if (first && cause_) culprit_ = task;
  const job_action own = stop(task);
  return own == job_action::conclude ? own : spread;
}

job_action job_state_machine::on_failure(error cause) {
  if (status_ != job_status::created && status_ != job_status::running) return job_action::none;
  cause_ = std::move(cause);
  status_ = job_status::failing;
  return running_ > 0 ? job_action::stop_tasks : conclude();
}

job_action job_state_machine::on_cancel() {
  if (status_ != job_status::created && status_ != job_status::running) return job_action::none;
  status_ = job_status::cancelling;
  return running_ > 0 ? job_action::stop_tasks : conclude();
}

job_action job_state_machine::stop(std::uint32_t task) {
  if (stopped_[task]) return job_action::none;
  stopped_[task] = true;
  return --running_ == 0 ? conclude() : job_action::none;
}

job_action job_state_machine::conclude() {
  if (status_ == job_status::failing) {
    status_ = job_status::failed;
  } else if (status_ == job_status::cancelling) {
    status_ = job_status::cancelled;
  } else {
    status_ = job_status::finished;
  }
  return job_action::conclude;
}

}  // namespace millrace::coordination
