#pragma once

#include "cli/running_jobs.hpp"
#include "core/sql/session/session.hpp"

namespace millrace::cli {

/// `run --verify-batch`: runs each query of a job twice, as a stream and in batch mode, and
/// compares the rows that are left. Sinks are not written. A line on stdout per query: how many
/// rows, or the first one that only one of them has, with what differs by definition (late rows,
/// totals over nothing). True: no difference. Errors: those of planning and running; 2004 for
/// tables without end.
[[nodiscard]] result<bool> verify_batch(const sql::job_outcome& job, const sql::session& session,
                                        running_jobs& jobs);

}  // namespace millrace::cli
