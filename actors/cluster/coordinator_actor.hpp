#pragma once

#include "actors/cluster/control_links.hpp"
#include "actors/cluster/coordinator.hpp"
#include "actors/cluster/job_keeper.hpp"
#include "actors/protocol/cluster_interfaces.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace millrace::actors {

/// What the coordinator's actor works with; made before it and gone after it.
struct coordinator_parts {
  coordinator_options options;
  engine* in = nullptr;
  cluster_board board;
  std::unique_ptr<control_links> links;
};

/// Dispatcher and resource manager in one (Flink's FLIP-6): on a thread of its own, and it never
/// blocks, so that a worker's heartbeat is answered at any time.
[[nodiscard]] coordinator_handle spawn_coordinator(caf::actor_system& system,
                                                   coordinator_parts* parts);

}  // namespace millrace::actors
