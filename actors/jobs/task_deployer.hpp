#pragma once

#include "actors/jobs/job_setup.hpp"
#include "actors/protocol/interfaces.hpp"
#include "actors/tasks/task_group.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace millrace::actors {

/// Where the tasks of a job run. Port: without one a master puts them into its own process; a
/// coordinator's puts them onto workers and gives actors that stand for them.
class task_deployer {
 public:
  virtual ~task_deployer() = default;
  /// Called once per attempt, on the master's thread. The tasks report to `master`.
  [[nodiscard]] virtual result<task_group> deploy(caf::actor_system& system, const job_setup& setup,
                                                  job_master_handle master) = 0;
};

}  // namespace millrace::actors
