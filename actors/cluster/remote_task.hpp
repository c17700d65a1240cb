#pragma once

#include "actors/cluster/attempt_front.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>

namespace millrace::actors {

/// Spawns what stands for task `number` of a worker: an actor that hands the master's orders on to
/// the attempt's front. The front ends it.
[[nodiscard]] task_handle spawn_remote_task(caf::actor_system& system, std::uint32_t number,
                                            attempt_front_handle front);

}  // namespace millrace::actors
