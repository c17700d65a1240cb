#pragma once

#include "cli/cluster/cluster_processes.hpp"
#include "cli/cluster/stop_signal.hpp"

namespace millrace::cli {

/// Runs a coordinator that stands in an election: it stands by until it is elected, then leads.
/// Gives the exit code, or ends the process, at once when it leads no longer.
[[nodiscard]] int run_candidate(const coordinator_request& request, stop_signal& stop);

}  // namespace millrace::cli
