#pragma once

#include "actors/jobs/job_setup.hpp"
#include "core/base/result.hpp"
#include "core/plan/physical/physical_plan.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::cli {

/// What `run` is told about checkpoints.
struct checkpoint_request {
  std::string directory;       ///< empty: they are not kept
  bool resume = false;         ///< go on from what lies there
  std::string from_savepoint;  ///< empty: none
  bool savepoint_on_exit = false;
  bool allow_dropped_state = false;  ///< the query need not have a place for all state
};

/// Where the state of one job of a script is kept. Holds the job's lock while it lives.
struct job_state {
  std::string name;  ///< `job-1` for the script's first job
  std::shared_ptr<coordination::snapshot_store> store;
  std::shared_ptr<const coordination::restore_plan> restore;
  std::string job_id;
  /// A savepoint that belongs to the job by now (claim mode CLAIM); empty: none.
  std::string claimed;

  /// Of a SELECT that is resumed: where stdout was when the rows printed so far ended
  /// (`output_position`); empty: not known, or nothing came behind it.
  std::string output;

  void give_to(actors::job_options& options) const;
};

/// Errors: 1005 for options that need --checkpoint-dir.
[[nodiscard]] result<void> check_request(const checkpoint_request& request);

/// Opens the state of the script's job number `ordinal`, from 1, and finds what it goes on from.
/// Without a directory the job starts anew, or from a savepoint, and keeps nothing.
/// Errors: state_locked when the job runs already; 1005 when checkpoints lie there and `resume` was
/// not asked for; state_type_changed when `plan` cannot take over what it would go on from;
/// state_io, state_corrupt, state_not_found.
[[nodiscard]] result<job_state> open_job_state(const checkpoint_request& request,
                                               std::uint32_t ordinal,
                                               const plan::physical_plan& plan);

/// A checkpoint of the job is complete: the savepoint that it had claimed, if any, goes, for
/// nothing needs it any more.
void drop_claimed(const std::string& savepoint);

/// Writes the newest checkpoint of a job that has ended as a savepoint; gives its path, empty when
/// there is none. Errors: state_io.
[[nodiscard]] result<std::string> write_savepoint(const checkpoint_request& request,
                                                  const job_state& state);

}  // namespace millrace::cli
