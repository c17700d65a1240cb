#include "core/runtime/watermark_merger.hpp"

#include <algorithm>

namespace millrace::runtime {

watermark_merger::watermark_merger(const std::vector<input_id>& input_of) {
  for (std::uint32_t c = 0; c < input_of.size(); ++c) {
    const std::uint32_t input = input_of[c].value;
    if (input >= inputs_.size()) inputs_.resize(input + 1);
    inputs_[input].channels.push_back(c);
    channels_.push_back({.input = input});
  }
}

event_time_change watermark_merger::on_watermark(channel_id channel, timestamp_ms time) {
  channel_state& c = channels_[channel.value];
  // An idle channel's watermark waits until the channel says that it is back.
  if (time <= c.time) return {};
  c.time = time;
  if (c.idle) return {};
  c.aligned = c.aligned || time >= inputs_[c.input].time;
  return update(inputs_[c.input]);
}

event_time_change watermark_merger::on_idleness(channel_id channel, bool idle) {
  channel_state& c = channels_[channel.value];
  if (c.idle == idle || c.time == max_watermark) return {};
  c.idle = idle;
  input_state& input = inputs_[c.input];
  c.aligned = !idle && c.time >= input.time;
  return update(input);
}

event_time_change watermark_merger::on_end(channel_id channel) {
  channel_state& c = channels_[channel.value];
  c = {.time = max_watermark, .idle = false, .aligned = true, .input = c.input};
  return update(inputs_[c.input]);
}

event_time_change watermark_merger::update(input_state& input) {
  const timestamp_ms before = input.time;
  update_input(input);
  event_time_change change = combine();
  if (inputs_.size() > 1 && input.time > before) change.input_watermark = input.time;
  return change;
}

void watermark_merger::update_input(input_state& input) {
  timestamp_ms least = max_watermark;
  timestamp_ms newest = min_watermark;
  bool any_active = false;
  bool any_aligned = false;
  for (const std::uint32_t i : input.channels) {
    const channel_state& c = channels_[i];
    newest = std::max(newest, c.time);
    any_active = any_active || !c.idle;
    if (c.idle || !c.aligned) continue;
    any_aligned = true;
    least = std::min(least, c.time);
  }
  input.idle = !any_active;
  if (any_aligned) {
    input.time = std::max(input.time, least);
  } else if (!any_active) {
    input.time = std::max(input.time, newest);
  }
}

event_time_change watermark_merger::combine() {
  timestamp_ms least = max_watermark;
  timestamp_ms newest = min_watermark;
  bool any_active = false;
  for (const input_state& input : inputs_) {
    newest = std::max(newest, input.time);
    if (input.idle) continue;
    any_active = true;
    least = std::min(least, input.time);
  }
  event_time_change change;
  const timestamp_ms time = any_active ? least : newest;
  if (time > forwarded_) change.watermark = forwarded_ = time;
  if (idle_ == any_active) change.idle = idle_ = !any_active;
  return change;
}

}  // namespace millrace::runtime
