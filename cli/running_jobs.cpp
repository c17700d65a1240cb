#include "cli/running_jobs.hpp"

#include "cli/exit_code.hpp"
#include "cli/output_position.hpp"
#include "cli/progress.hpp"
#include "cli/script.hpp"

#include <algorithm>
#include <cstdio>
#include <random>
#include <utility>

namespace millrace::cli {

namespace {

// Its rows are not lost, but they are not there either, and the disk may need room.
std::function<void(const error&, std::int64_t)> warn_of_commit(const std::string& name,
                                                               const std::string& folder) {
  return [job = folder.empty() ? name : folder](const error& cause, std::int64_t again_ms) {
    std::fprintf(stderr, "warning: %s: rows are not committed yet: %s%s%s; again in %lld ms\n",
                 job.c_str(), cause.message.c_str(), cause.hint.empty() ? "" : "; ",
                 cause.hint.c_str(), static_cast<long long>(again_ms));
  };
}

std::string_view status_text(coordination::job_status status) {
  using enum coordination::job_status;
  switch (status) {
    case created: return "CREATED";
    case running: return "RUNNING";
    case cancelling: return "CANCELLING";
    case failing: return "FAILING";
    case finished: return "FINISHED";
    case cancelled: return "CANCELED";
    case failed: return "FAILED";
  }
  return "UNKNOWN";
}

error not_to_stop(const std::string& id, const char* why, const char* hint) {
  return make_error(errc::config_bad_usage, "job '" + id + "' " + why, hint);
}

}  // namespace

std::int64_t running_job::elapsed_us() const { return system_clock().steady_us() - started_us; }

// What a connector refuses of a table only when a job opens it is no fault of the statement's
// words; the statement is the nearest place there is.
result<void> wait_for(const running_job& job) {
  auto ended = job.handle->wait();
  if (ended.ok()) return ended;
  error e = ended.take_error();
  if (!e.at && exit_code_of(e.code) == exit_sql) e.at = job.at;
  return e;
}

std::string progress_of(const running_job& job) {
  const std::int64_t elapsed = job.elapsed_us();
  return progress_line(read_progress(*job.handle, elapsed), elapsed);
}

result<void> running_jobs::serve_metrics() {
  if (!settings_.metrics_port) return {};
  return metrics_.serve(*settings_.metrics_port);
}

result<running_job> running_jobs::start(plan::physical_plan plan, std::string name,
                                        text_position at,
                                        std::shared_ptr<runtime::collect_queue> collect) {
  for (const std::string& w : plan.warnings) std::fprintf(stderr, "warning: %s\n", w.c_str());
  if (!engine_) engine_.emplace(actors::engine_options{.memory_bytes = settings_.memory_bytes});
  actors::job_options options;
  options.collect = std::move(collect);
  options.random_seed = std::random_device{}();
  running_job job{std::move(name), nullptr, system_clock().steady_us(), {}, at};
  const auto ordinal = static_cast<std::uint32_t>(jobs_.size() + 1);
  MILLRACE_TRY(job.state, open_job_state(settings_.checkpoints, ordinal, plan));
  job.state.give_to(options);
  if (options.collect && options.checkpoints) options.output_position = output_position;
  options.on_checkpoint = checkpoint_log(job.state);
  options.on_commit_failure = warn_of_commit(job.name, job.state.name);
  job.title = job_name(plan);
  job.started_ms = system_clock().now();
  MILLRACE_TRY(job.handle, actors::start_job(*engine_, std::move(plan), std::move(options)));
  const std::lock_guard lock(mutex_);
  jobs_.push_back(job);
  metrics_.add(job.state.name, job.handle, *engine_);
  if (stopping_) job.handle->cancel();
  return job;
}

// What goes wrong with one checkpoint is no failure of the job, but must not pass unseen.
std::function<void(checkpoint_id, const std::optional<error>&)> running_jobs::checkpoint_log(
    const job_state& state) const {
  return [name = state.name, claimed = state.claimed, all = settings_.log_checkpoints](
             checkpoint_id id, const std::optional<error>& cause) mutable {
    if (!cause) drop_claimed(std::exchange(claimed, {}));
    const auto number = static_cast<unsigned long long>(id.value);
    if (cause) {
      std::fprintf(stderr, "warning: %s: checkpoint %llu failed: %s%s%s\n", name.c_str(), number,
                   cause->message.c_str(), cause->hint.empty() ? "" : "; ", cause->hint.c_str());
    } else if (all) {
      std::fprintf(stderr, "%s: checkpoint %llu is complete\n", name.c_str(), number);
    }
  };
}

std::vector<running_job> running_jobs::all() const {
  const std::lock_guard lock(mutex_);
  return jobs_;
}

std::vector<sql::listed_job> running_jobs::list() const {
  std::vector<sql::listed_job> jobs;
  for (const running_job& job : all()) {
    std::string status(status_text(job.handle->status()));
    jobs.push_back({job.state.name, job.title, std::move(status), job.started_ms});
  }
  return jobs;
}

result<running_job> running_jobs::take_to_stop(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto job = std::ranges::find(jobs_, id, [](const auto& j) { return j.state.name; });
  if (job == jobs_.end()) return not_to_stop(id, "does not exist", "SHOW JOBS lists them");
  if (is_final(job->handle->status())) return not_to_stop(id, "has ended", "");
  job->stopped = true;
  return *job;
}

result<std::string> running_jobs::stop(const std::string& id, bool savepoint) {
  if (savepoint && settings_.checkpoints.directory.empty()) {
    return not_to_stop(id, "keeps no checkpoints, of which savepoints are made",
                       "start with --checkpoint-dir, or leave WITH SAVEPOINT out");
  }
  MILLRACE_TRY(const running_job job, take_to_stop(id));
  if (savepoint) MILLRACE_CHECK(job.handle->checkpoint(true));
  job.handle->cancel();
  static_cast<void>(job.handle->wait());
  return savepoint ? write_savepoint(settings_.checkpoints, job.state) : std::string();
}

void running_jobs::stop_all() {
  std::vector<running_job> jobs;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    jobs = jobs_;
  }
  for (const running_job& job : jobs) {
    // A job that has ended, or cannot take one, says why at its end.
    if (settings_.checkpoints.savepoint_on_exit) static_cast<void>(job.handle->checkpoint(true));
    job.handle->cancel();
  }
}

result<void> running_jobs::write_savepoints() const {
  if (!settings_.checkpoints.savepoint_on_exit) return {};
  for (const running_job& job : all()) {
    MILLRACE_TRY(const auto path, write_savepoint(settings_.checkpoints, job.state));
    if (!path.empty()) std::fprintf(stderr, "%s: savepoint %s\n", job.name.c_str(), path.c_str());
  }
  return {};
}

}  // namespace millrace::cli
