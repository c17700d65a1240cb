#pragma once

#include "core/coordination/snapshot_store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::state {

/// Where and how a job's checkpoints are kept.
struct directory_options {
  std::string directory;       ///< `state.checkpoints.dir`, a local path; made when missing
  std::string job;             ///< the folder in it: letters, digits, '.', '_', '-'
  std::uint32_t retained = 1;  ///< `state.checkpoints.num-retained`, at least 1
  /// Files below this many bytes are packed into one per checkpoint.
  std::uint64_t inline_below = 1U << 20;
};

/// Opens (makes) `directory/job`, takes its lock and clears leftovers away.
/// Errors: state_locked (held by a live process), state_io, config_bad_value (job name, retained).
[[nodiscard]] result<std::unique_ptr<coordination::snapshot_store>> open_directory_store(
    const directory_options& options);

/// Opens a savepoint's folder, a checkpoint's folder `chk-N`, a manifest file, or a job's folder
/// (its newest checkpoint), without a lock and for reading only. Errors: state_not_found,
/// state_corrupt, state_io.
[[nodiscard]] result<coordination::opened_snapshot> open_snapshot(
    const std::string& path, coordination::verification how = coordination::verification::contents);

}  // namespace millrace::state
