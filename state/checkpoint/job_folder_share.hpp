#pragma once

#include "core/base/config.hpp"
#include "core/coordination/snapshot_store.hpp"

#include <memory>
#include <string>

namespace millrace::state {

/// A worker's way into a job's folder: it writes state files into checkpoints that the job's
/// master, which holds the lock, has begun and will complete or remove. `begin` makes a checkpoint
/// known here, `abort` ends it, complete or not; neither removes anything. Thread safe. Errors:
/// config_bad_value, state_io.
[[nodiscard]] result<std::unique_ptr<coordination::snapshot_writer>> open_job_folder_share(
    const std::string& directory, const std::string& job, const option_map& storage);

}  // namespace millrace::state
