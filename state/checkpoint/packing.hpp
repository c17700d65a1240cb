#pragma once

#include "core/base/result.hpp"
#include "core/coordination/checkpoint_manifest.hpp"

#include "state/storage/object_folder.hpp"

#include <span>
#include <string>

namespace millrace::state {

/// Fills in `location` and `offset` of files that were completed with an earlier checkpoint.
/// Errors: internal for a file that is neither of this checkpoint (in `folder`) nor in `retained`.
[[nodiscard]] result<void> find_places(coordination::checkpoint_manifest& manifest,
                                       std::span<const coordination::checkpoint_manifest> retained,
                                       const std::string& folder);

/// Writes the `inline_bytes` of a manifest's files one behind the other into the new object
/// `location` of `folder`, durably, and replaces them by their places. No object when there are
/// none. Errors: state_io, state_sync_failed.
[[nodiscard]] result<void> pack_inline_files(coordination::checkpoint_manifest& manifest,
                                             object_folder& folder, const std::string& location);

}  // namespace millrace::state
