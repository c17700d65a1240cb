#pragma once

#include "core/coordination/snapshot_store.hpp"
#include "state/storage/object_folder.hpp"

namespace millrace::state {

/// Writes a checkpoint whose files `from` reads as a savepoint: a folder of its own with a manifest
/// and one snapshot per operator instance, base and deltas merged. It refers to nothing outside and
/// may be moved. `to` must be empty or not exist; what was written goes away on an error.
/// Errors: state_io, state_sync_failed, state_corrupt; internal for `opaque` files.
[[nodiscard]] result<coordination::checkpoint_manifest> write_savepoint(
    const coordination::snapshot_reader& from, const coordination::checkpoint_manifest& manifest,
    object_folder& to);

}  // namespace millrace::state
