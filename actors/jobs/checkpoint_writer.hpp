#pragma once

#include "actors/protocol/interfaces.hpp"
#include "core/coordination/snapshot_store.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace millrace::actors {

/// Spawns the actor that writes one job's checkpoints, in the order it is told to, so that neither
/// tasks nor the master wait for a disk. `detached`: on a thread of its own. It holds the store
/// until it has answered `stop_writing`.
[[nodiscard]] checkpoint_writer_handle spawn_checkpoint_writer(
    caf::actor_system& system, std::shared_ptr<coordination::snapshot_store> store,
    job_master_handle master, bool detached);

}  // namespace millrace::actors
