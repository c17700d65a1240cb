#pragma once

#include "actors/cluster/control_channel.hpp"
#include "actors/jobs/job_setup.hpp"
#include "actors/protocol/cluster_messages.hpp"
#include "actors/protocol/interfaces.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <string>

namespace millrace::net {
class data_plane;
}

namespace millrace::actors {

/// Stands for the job master in a worker: the tasks of one attempt that run here report to it.
///
/// It deploys them on `launch_job`, hands the coordinator's orders (`control_arrived`) on to them,
/// has their snapshots written, and ends when the last of them has. It remembers what a new leader
/// has to know (`report_wanted`).
using attempt_agent_handle =
    job_master_handle::extend<caf::reacts_to<control_arrived>, caf::reacts_to<report_tick>,
                              caf::reacts_to<report_wanted>>;

/// What an agent needs of its worker; all outlive it.
struct agent_options {
  std::string worker;  ///< its name
  std::shared_ptr<control_channel> coordinator;
  net::data_plane* data = nullptr;
  job_compiler compile;
  std::string checkpoint_directory;  ///< empty: jobs keep no checkpoints
  memory_budget* budget = nullptr;
  bool memory_limited = false;  ///< as of `job_options`
  io_pool* io = nullptr;
};

/// On a thread of its own: planning and opening files block.
[[nodiscard]] attempt_agent_handle spawn_attempt_agent(caf::actor_system& system,
                                                       coordination::deploy_order order,
                                                       agent_options options);

}  // namespace millrace::actors
