#pragma once

#include "cli/row_printer.hpp"
#include "cli/running_jobs.hpp"
#include "cli/shell/own_command.hpp"
#include "core/base/result.hpp"
#include "core/sql/session/session.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::cli {

/// What came of a text that was entered.
struct turn {
  bool leave = false;  ///< the user wants to end the shell
  bool failed = false;
  std::string keys = {};  ///< pressed meanwhile, meant for the prompt
};

/// Runs what is typed at the prompt and prints what it gives: rows, messages and errors. SELECTs
/// run to their end or until the user leaves them, INSERTs run beside (`table.dml-sync` waits).
/// Owner: the shell; one thread, but `jobs` may be stopped from another.
class shell_session {
 public:
  shell_session(sql::session session, output_form form, job_settings settings)
      : session_(std::move(session)), form_(form), jobs_(std::move(settings)) {
    session_.name_jobs_of(jobs_);
  }

  /// Statements with their `;`, or one of the shell's own commands.
  [[nodiscard]] turn run(const std::string& text);
  /// The statements of a file; what they have to say beside rows is left out when `quiet`.
  [[nodiscard]] turn run_file(const std::string& path, bool quiet);

  /// Says which jobs have ended since, and how.
  void tell_of_ended_jobs();
  [[nodiscard]] std::size_t count_running() const;
  [[nodiscard]] running_jobs& jobs() { return jobs_; }
  [[nodiscard]] sql::session& names() { return session_; }

 private:
  [[nodiscard]] turn run_own(std::string_view text);
  [[nodiscard]] turn run_statements(std::string_view text);
  [[nodiscard]] turn set_timing(std::string_view argument);
  result<void> take(sql::statement_outcome outcome, turn& so_far);
  result<void> select(const sql::job_outcome& job, turn& so_far);
  result<void> insert(const sql::job_outcome& job, turn& so_far);
  result<void> await(const running_job& job, turn& so_far);
  [[nodiscard]] output_form form() const;

  sql::session session_;
  output_form form_;  // where no option says otherwise
  running_jobs jobs_;
  std::set<std::string> told_;  // jobs whose end is known to the user
  bool timing_ = false;
  bool quiet_ = false;
};

}  // namespace millrace::cli
