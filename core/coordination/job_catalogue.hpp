#pragma once

#include "core/base/result.hpp"
#include "core/coordination/job_entry.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::coordination {

/// What a `job_store` has to do.
struct catalogue_change {
  std::string id;
  std::optional<job_entry> entry;  ///< to be put; nothing: to be erased
};

/// Knows the jobs of a cluster, those that have ended too, and numbers their attempts.
///
/// Sans-I/O; one per leader, used by the dispatcher (FLIP-6). After every event `take_changes` is
/// to be stored, and only then may others learn of it: an attempt that is deployed before its
/// number is durable could be numbered so again by the next leader. Events of a job that is not
/// known or has ended are ignored and give false. Times are wall clock.
class job_catalogue {
 public:
  /// `kept`: what the store held. `history`: ended jobs that are remembered; of more, the oldest
  /// are forgotten.
  explicit job_catalogue(std::vector<job_entry> kept = {}, std::size_t history = 100);

  /// A new job. Errors: 1005 when its id is taken.
  [[nodiscard]] result<void> on_submit(std::string name, job_definition definition,
                                       std::string savepoint, timestamp_ms now);
  /// The job goes on in another way from its next attempt on: at another parallelism. `definition`
  /// has its id.
  bool on_redefine(job_definition definition);
  /// The next attempt is about to be deployed: its number, above all before in the cluster.
  /// Nothing for a job that is not known, is being cancelled, or has ended.
  [[nodiscard]] std::optional<attempt_number> on_deploy(std::string_view id);
  bool on_running(std::string_view id, timestamp_ms now);
  /// An attempt has failed; `restarts`: another will follow. Of a job that is being cancelled the
  /// failure is noted, and it has ended as cancelled.
  bool on_failure(std::string_view id, job_exception exception, bool restarts);
  /// The user wants its end.
  bool on_cancel(std::string_view id);
  bool on_cancelled(std::string_view id, timestamp_ms now);
  bool on_finished(std::string_view id, timestamp_ms now);

  [[nodiscard]] const job_entry* find(std::string_view id) const;
  /// The job that a user means: by its id, the beginning of its id, or its name, where jobs that
  /// have not ended come first and then the newest. Errors: 1005 for none or several.
  [[nodiscard]] result<const job_entry*> resolve(std::string_view text) const;
  /// Newest first.
  [[nodiscard]] std::vector<const job_entry*> list() const;
  /// Those that a new leader has to take up again, oldest first.
  [[nodiscard]] std::vector<const job_entry*> unfinished() const;
  /// What has changed since it was asked last.
  [[nodiscard]] std::vector<catalogue_change> take_changes();

 private:
  [[nodiscard]] job_entry* open_entry(std::string_view id);
  void end(job_entry& entry, job_phase phase, timestamp_ms now);
  void forget_oldest();

  std::map<std::string, job_entry, std::less<>> jobs_;
  std::size_t history_;
  attempt_number last_attempt_ = 0;
  std::set<std::string> changed_;
};

}  // namespace millrace::coordination
