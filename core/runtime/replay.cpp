#include "core/runtime/replay.hpp"

#include "core/runtime/watermark_merger.hpp"

#include <algorithm>
#include <map>

namespace millrace::runtime {

namespace {

// A reader of before, with its channels.
class old_reader {
 public:
  explicit old_reader(std::vector<std::uint32_t> channels, const task_replay& from)
      : channels_(std::move(channels)), time_(inputs_of(channels_, from)) {
    for (const std::uint32_t c : channels_)
      turns_ = std::max(turns_, from.channels[c].elements.size());
  }

  [[nodiscard]] bool ended() const { return turn_ == turns_; }
  [[nodiscard]] timestamp_ms time() const { return time_.current(); }

  // The next element of each channel.
  template <class F>
  void take_turn(const task_replay& from, F&& add) {
    for (std::uint32_t i = 0; i < channels_.size(); ++i) {
      const auto& elements = from.channels[channels_[i]].elements;
      if (turn_ >= elements.size()) continue;
      follow(channel_id(i), elements[turn_]);
      add(channels_[i], elements[turn_]);
    }
    ++turn_;
  }

 private:
  static std::vector<input_id> inputs_of(const std::vector<std::uint32_t>& channels,
                                         const task_replay& from) {
    std::vector<input_id> all;
    for (const std::uint32_t c : channels) all.push_back(from.channels[c].input);
    return all;
  }
  void follow(channel_id channel, const data::element& what) {
    if (const auto* mark = std::get_if<data::watermark>(&what)) {
      (void)time_.on_watermark(channel, mark->time);
    } else if (const auto* idle = std::get_if<data::idleness>(&what)) {
      (void)time_.on_idleness(channel, idle->idle);
    }
  }

  std::vector<std::uint32_t> channels_;
  watermark_merger time_;
  std::size_t turn_ = 0;
  std::size_t turns_ = 0;
};

std::vector<old_reader> readers_of(const task_replay& from) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> channels;
  for (std::uint32_t c = 0; c < from.channels.size(); ++c)
    channels[from.channels[c].reader].push_back(c);
  std::vector<old_reader> all;
  for (auto& [reader, own] : channels) all.emplace_back(std::move(own), from);
  return all;
}

// The one that is least far, for no row may meet more event time than it did before, nor less: it
// would be late, or not late any more.
old_reader* last_of(std::vector<old_reader>& readers) {
  old_reader* last = nullptr;
  for (old_reader& r : readers)
    if (!r.ended() && (last == nullptr || r.time() < last->time())) last = &r;
  return last;
}

class planner {
 public:
  explicit planner(const task_replay& from) : from_(from), merger_(inputs_of(from)) {
    merger_.restore(from.watermark);
  }

  // What opens each channel comes before any row.
  replay_steps plan() {
    auto readers = readers_of(from_);
    const auto add_element = [this](std::uint32_t c, const data::element& e) { add(c, e); };
    for (old_reader& r : readers) r.take_turn(from_, add_element);
    while (old_reader* r = last_of(readers)) r->take_turn(from_, add_element);
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
