#pragma once

#include "core/base/result.hpp"

#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

namespace millrace {

/// The steps by which a checkpoint comes about, and a restart goes on from it, in their order. Each
/// stands for the moment before it: a fail point there is one between this step and the one before.
enum class protocol_step : std::uint8_t {
  recover,       ///< a restart repeats the commits of its checkpoint
  clear,         ///< a restart takes back what came behind its checkpoint
  trigger,       ///< the master asks the sources for a barrier
  inject,        ///< a source notes its positions and emits the barrier
  align,         ///< a barrier comes in from a channel
  freeze,        ///< a task's chain freezes its tables
  write,         ///< the writer writes the state of one operator
  acknowledge,   ///< the master learns that a task's state is written
  manifest,      ///< the manifest is written
  rename,        ///< the job's pointer is swapped
  sync,          ///< the swapped pointer is made durable
  clean_up,      ///< files that no checkpoint needs any more are removed
  notify,        ///< the master learns that the checkpoint is complete
  commit,        ///< a sink commits what the checkpoint lets go
  publish,       ///< one file becomes visible
  publish_sync,  ///< the names of the visible files are made durable
  settle,        ///< the tasks learn of the end of the checkpoint
};

/// The names of all steps, in order.
[[nodiscard]] std::span<const std::string_view> step_names();

/// Arms the process's fail point, for tests: `step:action[:nth]`, where the action is `kill`
/// (SIGKILL to the process), `error` (the step fails) or `delay` (a quarter of a second), and
/// happens when the step is passed for the nth time, 1 at first. Empty: disarmed. Errors: 1002.
[[nodiscard]] result<void> arm_fail_point(std::string_view text);

namespace fail_points {
/// True from `arm_fail_point` until the action has happened.
extern std::atomic<bool> armed;
[[nodiscard]] result<void> pass_armed(protocol_step step);
}  // namespace fail_points

/// Called at each step, from any thread; one relaxed load unless armed. Error 6002 when told to.
[[nodiscard]] inline result<void> pass_step(protocol_step step) {
  if (!fail_points::armed.load(std::memory_order_relaxed)) return {};
  return fail_points::pass_armed(step);
}

}  // namespace millrace
