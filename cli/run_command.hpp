#pragma once

#include "cli/job_state.hpp"
#include "cli/row_printer.hpp"
#include "cli/script.hpp"

#include <cstdint>
#include <optional>

namespace millrace::cli {

/// `millrace run`: executes a script in this process. Rows of SELECT and SHOW go to stdout, errors
/// and progress to stderr. Returns the exit code.
struct run_request {
  script_request script;
  output_form output = output_form::table;
  bool quiet = false;            ///< no progress
  bool log_checkpoints = false;  ///< a line on stderr for every checkpoint
  checkpoint_request checkpoints;
  std::int64_t memory_bytes = 0;  ///< what the process may use; 0: no limit of its own
  /// Where metrics are served on loopback; 0: a port of the system's choice, none: nowhere.
  std::optional<std::uint16_t> metrics_port;
};
[[nodiscard]] int run_script(const run_request& request);

}  // namespace millrace::cli
