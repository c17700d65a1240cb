#pragma once

#include "core/coordination/leader_election.hpp"

#include <memory>
#include <string>

namespace millrace::state {

/// An election by a lock in the directory `path`, made if it is missing, which all candidates
/// reach: whoever holds the lock leads, until its process ends. `flock` must work there (a local
/// file system, NFS of version 4). See the README for the bytes. Errors: state_io,
/// state_sync_failed.
[[nodiscard]] result<std::unique_ptr<coordination::leader_election>> open_file_election(
    const std::string& path);

/// The same for one that only looks: nothing is made.
[[nodiscard]] std::unique_ptr<coordination::leader_election> watch_file_election(
    const std::string& path);

}  // namespace millrace::state
