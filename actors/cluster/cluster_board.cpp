#include "actors/cluster/cluster_board.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace::actors {

namespace {

const std::string& id_of(const cluster_job& job) { return job.entry.definition.id; }

}  // namespace

checkpoint_statistics cluster_job::checkpoints() const {
  if (!running) return earlier;
  checkpoint_statistics all = running->checkpoints();
  if (all.completed == 0) {
    all.last = earlier.last;
    all.last_duration_ms = earlier.last_duration_ms;
    all.last_bytes = earlier.last_bytes;
  }
  all.completed += earlier.completed;
  all.failed += earlier.failed;
  all.newest.insert(all.newest.begin(), earlier.newest.begin(), earlier.newest.end());
  const std::size_t kept = std::min(all.newest.size(), checkpoint_notes::most);
  all.newest.erase(all.newest.begin(), all.newest.end() - static_cast<std::ptrdiff_t>(kept));
  return all;
}

void cluster_job::leave_attempt() {
  last_tasks = tasks();
  earlier = checkpoints();
  for (checkpoint_note& note : earlier.newest) {
    if (note.now != checkpoint_note::phase::in_progress) continue;
    note.now = checkpoint_note::phase::failed;
    note.failure = "its attempt has ended";
  }
  running.reset();
  workers.clear();
}

std::vector<cluster_job>::iterator cluster_board::at(const std::string& id) {
  return std::ranges::find(jobs_, id, &id_of);
}

void cluster_board::set_entry(const coordination::job_entry& entry) {
  const std::scoped_lock hold(mutex_);
  auto job = at(entry.definition.id);
  if (job == jobs_.end()) job = jobs_.emplace(job);
  job->entry = entry;
  changed_.notify_all();
}

void cluster_board::erase(const std::string& id) {
  const std::scoped_lock hold(mutex_);
  std::erase_if(jobs_, [&](const cluster_job& job) { return id_of(job) == id; });
  changed_.notify_all();
}

void cluster_board::change(const std::string& id, const std::function<void(cluster_job&)>& how) {
  const std::scoped_lock hold(mutex_);
  if (const auto job = at(id); job != jobs_.end()) how(*job);
}

void cluster_board::set_workers(std::vector<cluster_worker> workers) {
  const std::scoped_lock hold(mutex_);
  workers_ = std::move(workers);
}

void cluster_board::note(std::string line) {
  const std::scoped_lock hold(mutex_);
  if (lines_.size() == most_lines) lines_.pop_front();
  lines_.push_back({system_clock().now(), std::move(line)});
}

std::vector<log_line> cluster_board::lines(std::string_view part) const {
  const std::scoped_lock hold(mutex_);
  std::vector<log_line> found;
  std::ranges::copy_if(lines_, std::back_inserter(found), [&](const log_line& line) {
    return line.text.find(part) != std::string::npos;
  });
  return found;
}

std::vector<cluster_job> cluster_board::jobs() const {
  const std::scoped_lock hold(mutex_);
  return jobs_;
}

std::optional<cluster_job> cluster_board::find(const std::string& id) const {
  const std::scoped_lock hold(mutex_);
  const auto job = std::ranges::find(jobs_, id, &id_of);
  return job == jobs_.end() ? std::nullopt : std::optional(*job);
}

std::vector<cluster_worker> cluster_board::workers() const {
  const std::scoped_lock hold(mutex_);
  return workers_;
}

bool cluster_board::wait_for_end(const std::string& id, std::chrono::milliseconds patience) const {
  std::unique_lock hold(mutex_);
  return changed_.wait_for(hold, patience, [&] {
    const auto job = std::ranges::find(jobs_, id, &id_of);
    return job == jobs_.end() || coordination::has_ended(job->entry.phase);
  });
}

}  // namespace millrace::actors
