#pragma once

#include "actors/jobs/job_record.hpp"
#include "actors/jobs/job_setup.hpp"
#include "actors/protocol/interfaces.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace millrace::actors {

/// Spawns the master of one job; it starts with `launch_job` and ends when the job has.
/// `detached`: on a thread of its own, so that busy tasks cannot delay it and it may block.
[[nodiscard]] job_master_handle spawn_job_master(caf::actor_system& system,
                                                 std::shared_ptr<job_setup> setup,
                                                 std::shared_ptr<job_record> record, bool detached);

}  // namespace millrace::actors
