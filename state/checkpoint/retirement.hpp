#pragma once

#include "core/coordination/checkpoint_manifest.hpp"
#include "state/storage/object_folder.hpp"

#include <set>
#include <span>
#include <string>

namespace millrace::state {

/// Removes the checkpoint folders of a job up to `last` (those behind it may be of a run that has
/// taken over) that are neither in `retained` nor in `open`, but for the files that a retained
/// manifest refers to; and of retained ones the files that none refers to. What cannot be removed
/// stays for the next time.
void retire_checkpoints(object_folder& root,
                        std::span<const coordination::checkpoint_manifest> retained,
                        const std::set<checkpoint_id>& open, checkpoint_id last);

}  // namespace millrace::state
