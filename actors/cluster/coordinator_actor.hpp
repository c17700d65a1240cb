#pragma once

#include "actors/cluster/control_links.hpp"
#include "actors/cluster/coordinator.hpp"
#include "actors/cluster/job_keeper.hpp"
#include "actors/protocol/cluster_interfaces.hpp"
#include "core/coordination/job_store.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace millrace::actors {

/// What the coordinator's actor works with; made before it and gone after it.
struct coordinator_parts {
  coordinator_options options;
  engine* in = nullptr;
  cluster_board board;
  std::unique_ptr<control_links> links;
  /// Where the catalogue of jobs is kept; null: it ends with the process.
  std::unique_ptr<coordination::job_store> store;
  /// Fences checkpoints; 0: other coordinators are not reckoned with.
  std::uint64_t leader_epoch = 0;
};

/// Dispatcher and resource manager in one (Flink's FLIP-6): on a thread of its own, and it blocks
/// for nothing but entries of the catalogue, so that a worker's heartbeat is answered at any time.
/// `found`: jobs of coordinators before, which are taken up again where they have not ended.
[[nodiscard]] coordinator_handle spawn_coordinator(caf::actor_system& system,
                                                   coordinator_parts* parts,
                                                   std::vector<coordination::job_entry> found);

}  // namespace millrace::actors
