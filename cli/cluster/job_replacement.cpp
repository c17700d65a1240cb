#include "cli/cluster/job_replacement.hpp"

#include <optional>
#include <string>

namespace millrace::cli {

namespace {

using actors::cluster_job;
using actors::job_submission;
using coordination::job_phase;

bool takes_the_place(const job_submission& job, const cluster_job& of) {
  return of.entry.name == job.name && of.entry.definition.ordinal == job.definition.ordinal;
}

// The newest one that it could stand for.
std::optional<cluster_job> predecessor(const actors::coordinator& cluster,
                                       const job_submission& job) {
  std::optional<cluster_job> newest;
  for (const cluster_job& known : cluster.board().jobs()) {
    const bool newer = !newest || known.entry.submitted_at >= newest->entry.submitted_at;
    if (takes_the_place(job, known) && newer) newest = known;
  }
  return newest;
}

bool was_broken_off(job_phase phase) {
  return phase == job_phase::cancelling || phase == job_phase::cancelled ||
         phase == job_phase::failed;
}

bool is_as_wanted(const job_submission& job, const cluster_job& known) {
  const auto& there = known.entry.definition;
  return there.script == job.definition.script && there.settings == job.definition.settings &&
         !was_broken_off(known.entry.phase);
}

bool has_finished(const actors::coordinator& cluster, const std::string& id) {
  const auto job = cluster.board().find(id);
  return job && job->entry.phase == job_phase::finished;
}

result<std::string> name_of_remains(actors::coordinator& cluster, const std::string& id) {
  MILLRACE_TRY(const std::string path, cluster.remains(id));
  return path.substr(path.rfind('/') + 1);
}

enum class fate { stays, is_replaced };

result<fate> replace(actors::coordinator& cluster, const cluster_job& known, job_submission& by) {
  const std::string& id = known.entry.definition.id;
  if (is_as_wanted(by, known)) return fate::stays;
  if (known.entry.phase == job_phase::finished) return fate::is_replaced;
  if (!coordination::has_ended(known.entry.phase)) MILLRACE_CHECK(cluster.halt(id));
  // On its way to the end it may have done all there was to do.
  if (has_finished(cluster, id)) return fate::stays;
  MILLRACE_TRY(by.savepoint, name_of_remains(cluster, id));
  return fate::is_replaced;
}

}  // namespace

result<std::vector<job_submission>> replace_jobs(actors::coordinator& cluster,
                                                 std::vector<job_submission>& jobs) {
  std::vector<job_submission> fresh;
  for (job_submission& job : jobs) {
    const auto known = predecessor(cluster, job);
    auto what = fate::is_replaced;
    if (known) {
      MILLRACE_TRY(what, replace(cluster, *known, job));
    }
    if (what == fate::stays) {
      job.definition.id = known->entry.definition.id;
    } else {
      fresh.push_back(job);
    }
  }
  return fresh;
}

}  // namespace millrace::cli
