#pragma once

#include "cli/cluster/cluster_processes.hpp"
#include "cli/cluster/secrets.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millrace::cli {

/// Gives where the leader may listen; none when nobody leads.
using coordinator_finder = std::function<std::vector<std::string>()>;

/// By the election, or the addresses that the worker was told of. Errors: 1002 for addresses that
/// are none, or not safe to go to; those of the election.
[[nodiscard]] result<coordinator_finder> find_coordinators(const worker_request& request,
                                                           const secrets& guards);

/// It listens on loopback and so do the coordinators that it was told of.
[[nodiscard]] bool is_local(const worker_request& request);

}  // namespace millrace::cli
