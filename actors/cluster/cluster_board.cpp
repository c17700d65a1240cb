#include "actors/cluster/cluster_board.hpp"

#include <algorithm>
#include <utility>

namespace millrace::actors {

std::string_view to_text(cluster_job_status status) {
  switch (status) {
    case cluster_job_status::created: return "CREATED";
    case cluster_job_status::running: return "RUNNING";
    case cluster_job_status::restarting: return "RESTARTING";
    case cluster_job_status::cancelling: return "CANCELLING";
    case cluster_job_status::finished: return "FINISHED";
    case cluster_job_status::cancelled: return "CANCELED";
    case cluster_job_status::failed: return "FAILED";
  }
  return "";
}

void cluster_board::put(cluster_job job) {
  const std::scoped_lock hold(mutex_);
  jobs_.push_back(std::move(job));
}

void cluster_board::change(const std::string& id, const std::function<void(cluster_job&)>& how) {
  const std::scoped_lock hold(mutex_);
  const auto at = std::ranges::find(jobs_, id, &cluster_job::id);
  if (at == jobs_.end()) return;
  how(*at);
  const std::size_t count = at->failures.size();
  if (count <= kept_failures) return;
  at->failures.erase(at->failures.begin(),
                     at->failures.begin() + static_cast<std::ptrdiff_t>(count - kept_failures));
}

void cluster_board::set_workers(std::vector<cluster_worker> workers) {
  const std::scoped_lock hold(mutex_);
  workers_ = std::move(workers);
}

std::vector<cluster_job> cluster_board::jobs() const {
  const std::scoped_lock hold(mutex_);
  return jobs_;
}

std::optional<cluster_job> cluster_board::find(const std::string& id) const {
  const std::scoped_lock hold(mutex_);
  const auto at = std::ranges::find(jobs_, id, &cluster_job::id);
  return at == jobs_.end() ? std::nullopt : std::optional(*at);
}

std::vector<cluster_worker> cluster_board::workers() const {
  const std::scoped_lock hold(mutex_);
  return workers_;
}

}  // namespace millrace::actors
