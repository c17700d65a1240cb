#pragma once

#include "cli/row_printer.hpp"
#include "cli/running_jobs.hpp"
#include "core/base/result.hpp"
#include "core/sql/session/session.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace millrace::cli {

/// Prints the rows of SHOW, DESCRIBE and the like; as a table, a text comes without borders.
/// Errors: 1002 for the session's time zone.
[[nodiscard]] result<void> print_rows(const sql::rows_outcome& rows, const sql::session& session,
                                      output_form form);

/// Prints the plan of an EXPLAIN, its warnings on stderr. Errors: the planner's.
[[nodiscard]] result<void> print_explain(const sql::explain_outcome& what,
                                         const sql::session& session, output_form form);

/// A SELECT that was started, and where its rows go.
struct running_select {
  running_job job;
  std::shared_ptr<runtime::collect_queue> rows;
  std::unique_ptr<row_printer> printer;
  bool bounded = true;  ///< the rows have an end
};

/// Plans a SELECT and starts its job. `most_rows` as in `printer_choice`.
/// Errors: those of planning and starting; 1002 for the session's time zone.
[[nodiscard]] result<running_select> start_select(const sql::job_outcome& select,
                                                  const sql::session& session, running_jobs& jobs,
                                                  output_form form, std::size_t most_rows = 0);

/// How the reading of a SELECT's rows ended.
enum class reading : std::uint8_t {
  all,     ///< there are no more
  closed,  ///< nobody reads stdout any more
  left,    ///< the reader has seen enough
};

/// Prints rows as they come until there are no more. A live printer is drawn again five times a
/// second. `enough` is asked as often; when it says so, or stdout is closed, the job is cancelled.
[[nodiscard]] reading print_results(const running_select& select,
                                    const std::function<bool()>& enough = {});

/// Starts the job of an INSERT or a statement set. Errors: those of planning and starting.
[[nodiscard]] result<running_job> start_insert(const sql::job_outcome& insert,
                                               const sql::session& session, running_jobs& jobs);

/// COMPILE PLAN and EXECUTE PLAN; the job, if one was started. Errors: those of `take_plan_file`
/// and of starting.
[[nodiscard]] result<std::optional<running_job>> start_plan_file(const sql::plan_file_outcome& file,
                                                                 const sql::session& session,
                                                                 running_jobs& jobs);

/// A line on stderr about what the job has left out, if anything.
void warn_of_losses(const running_job& job);

}  // namespace millrace::cli
