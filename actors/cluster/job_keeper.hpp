#pragma once

#include "actors/cluster/cluster_board.hpp"
#include "actors/cluster/control_channel.hpp"
#include "actors/protocol/cluster_interfaces.hpp"
#include "actors/system/engine.hpp"

#include <functional>
#include <string>

namespace millrace::actors {

/// What keepers work with; all outlive them.
struct keeper_options {
  engine* in = nullptr;
  cluster_board* board = nullptr;
  job_compiler compile;
  std::string checkpoint_directory;  ///< empty: jobs keep no checkpoints
  std::uint64_t leader_epoch = 0;    ///< see `state::store_options`
  bool log_checkpoints = false;      ///< those that are complete, too
  std::function<void(const std::string&)> log;
  std::function<void(const error&)> on_deposed;  ///< another coordinator has the job by now
};

/// The job stands on the board already. `savepoint`: the name of the one that it begins with, when
/// it has no checkpoint of its own; empty: none. It ends when the job has. On a thread of its own,
/// for it plans and opens checkpoints.
[[nodiscard]] job_keeper_handle spawn_job_keeper(caf::actor_system& system,
                                                 coordination::job_definition definition,
                                                 std::string savepoint,
                                                 coordinator_handle coordinator,
                                                 keeper_options options);

}  // namespace millrace::actors
