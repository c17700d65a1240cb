#pragma once

#include "cli/row_printer.hpp"
#include "cli/running_jobs.hpp"
#include "cli/script.hpp"

#include <string>

namespace millrace::cli {

/// `millrace sql`: statements from the terminal, one after another. Without a terminal at stdin or
/// stdout, or with a file, it is `run`. Returns the exit code.
struct shell_request {
  script_request script;  ///< without a `file`: what stdin says
  std::string init_file;  ///< runs before; empty: none
  output_form output = output_form::table;
  job_settings jobs;
};
[[nodiscard]] int run_shell(const shell_request& request);

}  // namespace millrace::cli
