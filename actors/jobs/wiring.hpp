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

/// A channel with one end in this process. `number` counts all channels of the job, in the order of
/// its edges: every process that plans the job counts alike.
struct split_channel {
  std::uint32_t number = 0;
  std::uint32_t far_task = 0;  ///< the one that is elsewhere
};

/// Connects tasks of this process with those elsewhere. Port: implemented by a worker of a cluster.
class remote_wiring {
 public:
  virtual ~remote_wiring() = default;
  [[nodiscard]] virtual std::unique_ptr<runtime::channel_writer> make_writer(
      split_channel channel, std::shared_ptr<runtime::mailbox> sender,
      runtime::output_channel out) = 0;
  /// `rows`: what comes in batches.
  [[nodiscard]] virtual std::unique_ptr<runtime::channel_reader> make_reader(
      split_channel channel, std::shared_ptr<runtime::mailbox> receiver, channel_id in,
      const std::vector<plan::logical_column>& rows) = 0;
};

/// Connects the tasks of a job that are in this process: `mailboxes` by task number, null for those
/// elsewhere, which `remote` reaches (null: there are none).
[[nodiscard]] std::vector<task_channels> wire_tasks(
    const job_setup& setup, std::span<const std::shared_ptr<runtime::mailbox>> mailboxes,
    remote_wiring* remote = nullptr);

}  // namespace millrace::actors
