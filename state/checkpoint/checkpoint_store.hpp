#pragma once

#include "core/base/config.hpp"
#include "core/coordination/snapshot_store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::state {

/// Where and how a job's checkpoints are kept.
struct store_options {
  std::string directory;       ///< `state.checkpoints.dir`: a path, made when missing, or s3://...
  std::string job;             ///< the folder in it: letters, digits, '.', '_', '-'
  std::uint32_t retained = 1;  ///< `state.checkpoints.num-retained`, at least 1
  /// Files below this many bytes are packed into one per checkpoint.
  std::uint64_t inline_below = 1U << 20;
  /// Where the storage has no locks: go on from checkpoints that are there, and stop a run that may
  /// still write them. Without it such a store can only be read.
  bool take_over = false;
  /// Of the coordinator that opens it; whoever comes with a larger one takes the folder over, one
  /// with a smaller one is refused. No lock is held then. 0: there is one process at a time.
  std::uint64_t leader_epoch = 0;
  option_map storage = {};  ///< see `open_folder`
};

/// Opens (makes) `directory/job`, takes its lock and clears leftovers away.
/// Errors: state_locked (held by a live process, or another run took it over at the same moment,
/// or belongs to a leader of a larger epoch), state_io, config_bad_value (job name, retained,
/// options of the storage).
[[nodiscard]] result<std::unique_ptr<coordination::snapshot_store>> open_checkpoint_store(
    const store_options& options);

/// Opens a savepoint's folder, a checkpoint's folder `chk-N`, a manifest file, or a job's folder
/// (its newest checkpoint), without a lock and for reading only. `storage` as for `open_folder`.
/// Errors: state_not_found, state_corrupt, state_io, config_bad_value.
[[nodiscard]] result<coordination::opened_snapshot> open_snapshot(
    const std::string& path, coordination::verification how = coordination::verification::contents,
    const option_map& storage = {});

}  // namespace millrace::state
