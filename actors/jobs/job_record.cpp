#include "actors/jobs/job_record.hpp"

#include <utility>

namespace millrace::actors {

using coordination::job_status;

void job_record::set_tasks(std::vector<std::shared_ptr<const runtime::task_metrics>> tasks) {
  const std::lock_guard lock(mutex_);
  tasks_ = std::move(tasks);
}

void job_record::set_status(job_status status) {
  const std::lock_guard lock(mutex_);
  status_ = status;
}

void job_record::conclude(job_status status, std::optional<error> cause,
                          std::optional<std::uint32_t> culprit) {
  {
    const std::lock_guard lock(mutex_);
    status_ = status;
    cause_ = std::move(cause);
    culprit_ = culprit;
  }
  changed_.notify_all();
}

void job_record::checkpoint_settled(checkpoint_id id, bool complete, bool in_line) {
  {
    const std::lock_guard lock(mutex_);
    settled_ = {id, complete};
    if (in_line) settled_in_line_ = settled_;
    ++(complete ? checkpoints_.completed : checkpoints_.failed);
    if (complete) checkpoints_.last = id;
  }
  changed_.notify_all();
}

void job_record::checkpoint_stored(checkpoint_id id, std::int64_t duration_ms,
                                   std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  notes_.on_stored(id, bytes);
  checkpoints_.last_duration_ms = duration_ms;
  checkpoints_.last_bytes = bytes;
}

void job_record::note_begun(const checkpoint_note& note) {
  const std::lock_guard lock(mutex_);
  notes_.on_begun(note);
}

void job_record::note_acknowledged(checkpoint_id id) {
  const std::lock_guard lock(mutex_);
  notes_.on_acknowledged(id);
}

void job_record::note_settled(checkpoint_id id, timestamp_ms now,
                              const std::optional<error>& failure) {
  const std::lock_guard lock(mutex_);
  notes_.on_settled(id, now, failure);
}

checkpoint_statistics job_record::checkpoints() const {
  const std::lock_guard lock(mutex_);
  checkpoint_statistics all = checkpoints_;
  all.newest = notes_.all();
  return all;
}

job_status job_record::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

std::vector<std::shared_ptr<const runtime::task_metrics>> job_record::tasks() const {
  const std::lock_guard lock(mutex_);
  return tasks_;
}

std::shared_ptr<const runtime::task_metrics> job_record::culprit() const {
  const std::lock_guard lock(mutex_);
  return culprit_ && *culprit_ < tasks_.size() ? tasks_[*culprit_] : nullptr;
}

result<void> job_record::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return coordination::is_final(status_); });
  if (status_ == job_status::failed) return *cause_;
  if (status_ == job_status::cancelled) {
    return make_error(errc::runtime_cancelled, "the job was cancelled");
  }
  return {};
}

bool job_record::wait_for(std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return coordination::is_final(status_); });
}

result<checkpoint_id> job_record::wait_checkpoint(checkpoint_id behind, bool in_line) const {
  std::unique_lock lock(mutex_);
  const settled_checkpoint& settled = in_line ? settled_in_line_ : settled_;
  changed_.wait(lock, [&] { return settled.id > behind || coordination::is_final(status_); });
  if (settled.id > behind && settled.complete) return settled.id;
  return make_error(errc::runtime_interrupted, "the checkpoint was given up",
                    "the job has ended, or a task did not acknowledge in time");
}

checkpoint_id job_record::last_settled() const {
  const std::lock_guard lock(mutex_);
  return settled_.id;
}

}  // namespace millrace::actors
