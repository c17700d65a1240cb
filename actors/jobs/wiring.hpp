#pragma once

#include "actors/jobs/job_setup.hpp"
#include "core/runtime/channel.hpp"
#include "core/runtime/input_gate.hpp"

#include <memory>
#include <span>
#include <vector>

namespace millrace::actors {

/// The channel ends of one task.
struct task_channels {
  std::vector<runtime::input_gate::channel> inputs;  ///< by channel_id
  /// Per outgoing edge of the task's vertex, in the graph's order; then per reading subtask.
  std::vector<std::vector<std::unique_ptr<runtime::channel_writer>>> outputs;
};

/// Connects all tasks of a job within this process; `mailboxes` by task number.
[[nodiscard]] std::vector<task_channels> wire_tasks(
    const job_setup& setup, std::span<const std::shared_ptr<runtime::mailbox>> mailboxes);

}  // namespace millrace::actors
