#pragma once

#include "core/base/clock.hpp"
#include "core/runtime/chain.hpp"
#include "core/runtime/channel_state.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace millrace::runtime {

/// Rows that were under way when the restored checkpoint was taken, with where they go on.
struct task_replay {
  /// An operator or sink inside of the chain, which used to be the head of one; none: the entry.
  std::optional<chain_target> target;
  timestamp_ms watermark = min_watermark;  ///< event time that had come to the target
  std::vector<channel_state> channels;     ///< as they were then
};

/// How far one of several inputs has come.
struct input_time {
  input_id input;
  timestamp_ms time = min_watermark;
};
/// A batch of an input, or event time of all inputs together.
struct replayed {
  input_id input;
  data::element what;
};
using replay_step = std::variant<replayed, input_time>;

/// A replay in the order in which a task works on it.
struct replay_steps {
  std::vector<replay_step> steps;
  timestamp_ms watermark = min_watermark;  ///< forwarded at its end
};

/// Merges the event time of the old channels, which need not be those that the task has now. Where
/// they led to several tasks, those were not equally far: each row is placed where event time
/// stands as it stood in its own task, so that rows that were late there are late here. At the end
/// no input is idle: new channels say themselves when they are.
[[nodiscard]] replay_steps plan_replay(const task_replay& from);

}  // namespace millrace::runtime
