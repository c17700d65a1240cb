#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"
#include "core/plan/physical/physical_plan.hpp"
#include "core/sql/session/session.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cli {

/// What `run` and `explain` are told about a script.
struct script_request {
  std::string file;  ///< `-`: standard input
  option_map defines;
  option_map settings;  ///< session options to begin with
};

/// `key=value` words into a map; false, with a line on stderr, when one has no `=`.
[[nodiscard]] bool split_pairs(const std::vector<std::string>& words, option_map& into);

/// The script's text with its defines filled in. Errors: 1003, 1004.
[[nodiscard]] result<std::string> load_script(const script_request& request);

/// A session that knows the connectors. Errors: 1001, 1002 for the request's settings.
[[nodiscard]] result<sql::session> open_session(const script_request& request);

/// Parses and executes the statements one after another, handing on what each gives; stops at the
/// first error, its own or `take`'s.
[[nodiscard]] result<void> execute_script(
    std::string_view text, sql::session& session,
    const std::function<result<void>(sql::statement_outcome)>& take);

/// Errors: the planner's.
[[nodiscard]] result<plan::physical_plan> plan_outcome(const sql::job_outcome& job,
                                                       const sql::session& session);

/// The same with options other than a session's.
[[nodiscard]] result<plan::physical_plan> plan_outcome(const sql::job_outcome& job,
                                                       const option_map& options);

/// What a job is called: `pipeline.name`, else after the tables that it writes, as in Flink.
[[nodiscard]] std::string job_name(const plan::physical_plan& plan);

}  // namespace millrace::cli
