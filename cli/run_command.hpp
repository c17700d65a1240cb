#pragma once

#include "cli/row_printer.hpp"
#include "cli/running_jobs.hpp"
#include "cli/script.hpp"

#include <string>

namespace millrace::cli {

/// `millrace run`: executes a script in this process. Rows of SELECT and SHOW go to stdout, errors
/// and progress to stderr. Returns the exit code.
struct run_request {
  script_request script;
  std::string init_file;  ///< runs before, in the same session; empty: none
  output_form output = output_form::table;
  bool quiet = false;         ///< no progress
  bool verify_batch = false;  ///< queries run both ways and are compared, sinks are not written
  job_settings jobs;
};
[[nodiscard]] int run_script(const run_request& request);

}  // namespace millrace::cli
