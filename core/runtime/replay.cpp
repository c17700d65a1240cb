#include "core/runtime/replay.hpp"

#include "core/runtime/watermark_merger.hpp"

#include <algorithm>

namespace millrace::runtime {

namespace {

class planner {
 public:
  explicit planner(const task_replay& from) : from_(from), merger_(inputs_of(from)) {
    merger_.restore(from.watermark);
  }

  // Element by element in turn, so that what opens each channel comes before any row.
  replay_steps plan() {
    std::size_t longest = 0;
    for (const channel_state& c : from_.channels) longest = std::max(longest, c.elements.size());
    for (std::size_t i = 0; i < longest; ++i) {
      for (std::uint32_t c = 0; c < from_.channels.size(); ++c) {
        if (i < from_.channels[c].elements.size()) add(c, from_.channels[c].elements[i]);
      }
    }
    if (merger_.idle()) note(data::idleness{false});
    plan_.watermark = merger_.current();
    return std::move(plan_);
  }

 private:
  static std::vector<input_id> inputs_of(const task_replay& from) {
    std::vector<input_id> all;
    for (const channel_state& c : from.channels) all.push_back(c.input);
    return all;
  }

  void add(std::uint32_t index, const data::element& what) {
    const input_id input = from_.channels[index].input;
    if (const auto* mark = std::get_if<data::watermark>(&what)) {
      add(input, merger_.on_watermark(channel_id(index), mark->time));
    } else if (const auto* idle = std::get_if<data::idleness>(&what)) {
      add(input, merger_.on_idleness(channel_id(index), idle->idle));
    } else if (std::get<data::batch_ptr>(what)->row_count() > 0) {
      plan_.steps.emplace_back(replayed{input, what});
    }
  }

  void add(input_id input, const event_time_change& change) {
    if (change.input_watermark) {
      plan_.steps.emplace_back(input_time{input, *change.input_watermark});
    }
    if (change.idle == false) note(data::idleness{false});
    if (change.watermark) note(data::watermark{*change.watermark});
    if (change.idle == true) note(data::idleness{true});
  }
  void note(data::element what) {
    plan_.steps.emplace_back(replayed{input_id(0), std::move(what)});
  }

  const task_replay& from_;
  watermark_merger merger_;
  replay_steps plan_;
};

}  // namespace

replay_steps plan_replay(const task_replay& from) { return planner(from).plan(); }

}  // namespace millrace::runtime
