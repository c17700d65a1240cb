#pragma once

#include "core/base/error.hpp"
#include "core/base/state_errors.hpp"

namespace millrace::cli {

/// How the process ends. Public: scripts depend on the numbers.
enum exit_code : int {
  exit_ok = 0,
  exit_runtime = 1,        ///< a job failed (3xxx to 9xxx)
  exit_usage = 2,          ///< command line, options, an unreadable script (1xxx)
  exit_sql = 3,            ///< the SQL text is wrong or not supported (2xxx)
  exit_interrupted = 130,  ///< Ctrl-C or SIGTERM
  exit_closed = 141,       ///< whoever reads the output has closed it
};

[[nodiscard]] inline int exit_code_of(errc code) {
  const int number = static_cast<int>(code);
  if (number < 2000 || code == state_not_found) return exit_usage;
  return number < 3000 ? exit_sql : exit_runtime;
}

}  // namespace millrace::cli
