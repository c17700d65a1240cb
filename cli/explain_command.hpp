#pragma once

#include "cli/script.hpp"

#include <string>

namespace millrace::cli {

/// What `millrace explain` is told.
struct explain_request {
  script_request script;
  std::string format = "tree";  ///< tree, dot or json
  std::string against;          ///< path of a checkpoint or savepoint; empty: none
};

/// Says on stderr which operators' state grows as long as the query runs.
void warn_of_growth(const plan::physical_plan& plan);

/// Prints the plan of every query and INSERT of a script; runs none of them. With `against`, in its
/// stead: which operators go on from the state kept there, which start empty, and what is dropped.
/// Returns the exit code.
[[nodiscard]] int explain_script(const explain_request& request);

}  // namespace millrace::cli
