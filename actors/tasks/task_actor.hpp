#pragma once

#include "actors/protocol/interfaces.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <memory>

namespace millrace::actors {

class io_pool;

/// Spawns the actor that runs task `number` of the job that `master` looks after.
///
/// It drains its mailbox into the task's machine at once and runs the machine in turns of about a
/// millisecond; at most one `run_turn` is outstanding, so that control messages and other tasks get
/// their turn. Reads of spilled state run in `io`, which must live until the task has ended; a stop
/// meanwhile waits for them. It ends after `task_ended`.
[[nodiscard]] task_handle spawn_task(caf::actor_system& system, std::uint32_t number,
                                     job_master_handle master, io_pool& io);

/// The task as its channels see it.
[[nodiscard]] std::shared_ptr<runtime::mailbox> mailbox_of(task_handle task);

}  // namespace millrace::actors
