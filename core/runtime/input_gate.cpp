#include "core/runtime/input_gate.hpp"

#include "core/runtime/batch_joiner.hpp"

#include <algorithm>
#include <utility>

namespace millrace::runtime {

namespace {

std::vector<channel_state> without_elements(const std::vector<input_gate::channel>& channels) {
  std::vector<channel_state> all;
  for (const auto& c : channels) all.push_back({c.input, c.writer, {}});
  return all;
}

bool is_barrier(const parcel& p, checkpoint_id id) {
  const auto* barrier = std::get_if<data::barrier>(&p.what);
  return barrier != nullptr && barrier->id == id;
}

}  // namespace

input_gate::input_gate(std::vector<channel> channels, credit_limits limits,
                       std::uint32_t batch_rows)
    : credit_(static_cast<std::uint32_t>(channels.size()), limits),
      exclusive_bytes_(limits.exclusive),
      overtaken_(without_elements(channels)),
      batch_rows_(batch_rows) {
  for (channel& c : channels) {
    channels_.emplace_back();
    channels_.back().input = c.input;
    channels_.back().reader = std::move(c.reader);
    channels_.back().overtakes = c.overtakes;
  }
}

void input_gate::push(channel_id from, parcel p) {
  lane& to = channels_[from.value];
  overtaken_.on_element(from, p.what);
  if (const auto* barrier = std::get_if<data::barrier>(&p.what)) {
    if (barrier->unaligned && (!announced_ || announced_->id < barrier->id)) announced_ = *barrier;
  }
  to.ended = to.ended || std::holds_alternative<data::end_of_input>(p.what);
  if (p.bytes > 0) {
    queued_bytes_ += p.bytes;
    const std::int64_t granted = credit_.on_arrival(from, p.bytes);
    if (granted > 0 && to.reader) to.reader->grant(granted);
  }
  to.queue.push_back(std::move(p));
  enter_turns(from.value);
}

std::optional<gate_event> input_gate::next() {
  if (turns_.empty()) return std::nullopt;
  const std::uint32_t index = turns_.front();
  turns_.pop_front();
  channels_[index].in_turns = false;
  gate_event event{channel_id(index), channels_[index].input, take(index)};
  enter_turns(index);
  return event;
}

// A blocked channel has delivered the barrier: what waits there is behind it.
void input_gate::overtake(checkpoint_id barrier,
                          const std::function<event_time(channel_id)>& known) {
  overtaken_.begin(barrier);
  for (std::uint32_t index = 0; index < channels_.size(); ++index) {
    const channel_id id(index);
    const event_time so_far = known(id);
    overtaken_.keep(id, data::watermark{so_far.time});
    if (so_far.idle) overtaken_.keep(id, data::idleness{true});
    const lane& c = channels_[index];
    if (c.blocked) continue;
    const auto end = std::find_if(c.queue.begin(), c.queue.end(),
                                  [&](const parcel& p) { return is_barrier(p, barrier); });
    for (auto p = c.queue.begin(); p != end; ++p) overtaken_.keep(id, p->what);
    if (end == c.queue.end() && !c.ended) overtaken_.watch(id);
  }
}

bool input_gate::may_hold() const {
  return queued_bytes_ * 2 < exclusive_bytes_ &&
         std::all_of(channels_.begin(), channels_.end(),
                     [](const lane& c) { return c.overtakes && !c.ended; });
}

void input_gate::set_blocked(channel_id which, bool blocked) {
  lane& c = channels_[which.value];
  if (c.blocked == blocked) return;
  c.blocked = blocked;
  if (!blocked) {
    enter_turns(which.value);
  } else if (c.in_turns) {
    c.in_turns = false;
    std::erase(turns_, which.value);
  }
}

std::vector<input_id> input_gate::inputs() const {
  std::vector<input_id> all;
  for (const lane& c : channels_) all.push_back(c.input);
  return all;
}

void input_gate::enter_turns(std::uint32_t index) {
  lane& c = channels_[index];
  if (c.in_turns || c.blocked || c.queue.empty()) return;
  c.in_turns = true;
  turns_.push_back(index);
}

data::element input_gate::take(std::uint32_t index) {
  lane& c = channels_[index];
  const std::size_t count = c.queue.size() > 1 ? joinable(c.queue, batch_rows_) : 0;
  data::element what =
      count > 1 ? data::element(join_front(c.queue, count)) : std::move(c.queue.front().what);
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < (count > 1 ? count : 1); ++i) {
    bytes += c.queue.front().bytes;
    c.queue.pop_front();
  }
  consumed(index, bytes);
  return what;
}

void input_gate::consumed(std::uint32_t index, std::int64_t bytes) {
  if (bytes == 0) return;
  queued_bytes_ -= bytes;
  taken_bytes_ += static_cast<std::uint64_t>(bytes);
  const std::int64_t granted = credit_.on_consumed(channel_id(index), bytes);
  if (granted > 0 && channels_[index].reader) channels_[index].reader->grant(granted);
}

}  // namespace millrace::runtime
