#pragma once

#include "core/base/clock.hpp"
#include "core/base/strong_id.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::runtime {

/// What a task has to forward after one of its channels spoke.
struct event_time_change {
  std::optional<timestamp_ms> watermark;
  std::optional<bool> idle;
  /// How far the channel's input has come, if there are several inputs and it has moved.
  std::optional<timestamp_ms> input_watermark;
};

/// Makes one event time out of those of a gate's channels.
///
/// Per input of the operator the minimum over its channels, over the inputs the minimum again. Idle
/// channels are left out; a channel that comes back is left out until it has caught up with what
/// was forwarded. Ended channels count as `max_watermark`. When all are idle, the newest of their
/// watermarks is forwarded and then the idleness. Sans-I/O; used by the gate's task.
/// Source: Flink's StatusWatermarkValve and CombinedWatermarkStatus.
class watermark_merger {
 public:
  /// `input_of[c]` is the operator input that channel c belongs to.
  explicit watermark_merger(const std::vector<input_id>& input_of);

  [[nodiscard]] event_time_change on_watermark(channel_id channel, timestamp_ms time);
  [[nodiscard]] event_time_change on_idleness(channel_id channel, bool idle);
  [[nodiscard]] event_time_change on_end(channel_id channel);
  /// Goes on from what an attempt before has forwarded.
  void restore(timestamp_ms forwarded) { forwarded_ = forwarded; }
  /// How far one channel has come, and whether it is idle.
  [[nodiscard]] timestamp_ms time_of(channel_id channel) const {
    return channels_[channel.value].time;
  }
  [[nodiscard]] bool idle(channel_id channel) const { return channels_[channel.value].idle; }
  /// All inputs are idle, and that was forwarded.
  [[nodiscard]] bool idle() const { return idle_; }
  /// What was forwarded last.
  [[nodiscard]] timestamp_ms current() const { return forwarded_; }

 private:
  struct channel_state {
    timestamp_ms time = min_watermark;
    bool idle = false;
    bool aligned = true;
    std::uint32_t input = 0;
  };
  struct input_state {
    timestamp_ms time = min_watermark;
    bool idle = false;
    std::vector<std::uint32_t> channels;
  };
  /// What the change of one of the input's channels means for it, and for all inputs together.
  [[nodiscard]] event_time_change update(input_state& input);
  void update_input(input_state& input);
  [[nodiscard]] event_time_change combine();

  std::vector<channel_state> channels_;
  std::vector<input_state> inputs_;
  timestamp_ms forwarded_ = min_watermark;
  bool idle_ = false;
};

}  // namespace millrace::runtime
