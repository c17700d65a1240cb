#include "core/runtime/chain.hpp"

#include "core/runtime/chain_node.hpp"
#include "core/tables/table_set.hpp"

#include <algorithm>
#include <utility>

namespace millrace::runtime {

namespace {

// Operator calls of one `proceed`: an operator that pauses although there is room must not keep the
// task from its control messages.
constexpr std::uint32_t calls_per_turn = 64;

}  // namespace

chain::chain(std::vector<chain_stage> stages, std::vector<std::unique_ptr<chain_output>> outputs,
             std::vector<chain_target> entry, std::uint32_t inputs)
    : outputs_(std::move(outputs)), entry_(std::move(entry)), entry_inputs_(inputs) {
  for (chain_stage& stage : stages) {
    nodes_.push_back(std::make_unique<node>(*this, std::move(stage), nodes_.size()));
  }
  for (const chain_target& t : entry_) {
    if (t.what == chain_target::kind::stage) nodes_[t.index]->expect_inputs(inputs);
  }
  open_ends_ = static_cast<std::uint32_t>(outputs_.size());
}

chain::~chain() = default;

chain_stage& chain::stage_at(std::uint32_t i) { return nodes_[i]->stage(); }

result<void> chain::open() {
  for (auto& n : nodes_) MILLRACE_CHECK(n->open());
  return {};
}

void chain::close() {
  for (auto& n : nodes_) n->close();
  for (auto& o : outputs_) o->close();
}

result<chain_state> chain::push(input_id input, const data::batch_ptr& batch) {
  MILLRACE_CHECK(emit_to(entry_, input, batch));
  return proceed();
}
result<chain_state> chain::push_watermark(timestamp_ms time) {
  return enter(data::watermark{time});
}
void chain::push_input_watermark(input_id input, timestamp_ms time) {
  for (const chain_target& t : entry_) {
    if (t.what == chain_target::kind::stage) {
      nodes_[t.index]->stage().op->on_input_watermark(input, time);
    }
  }
}
result<chain_state> chain::push_idleness(bool idle) { return enter(data::idleness{idle}); }
result<chain_state> chain::push_latency_marker(const data::latency_marker& marker) {
  return enter(marker);
}

result<chain_state> chain::push_resumed() { return enter(resumed{}); }

result<chain_state> chain::push_barrier(const data::barrier& barrier) {
  snapshot_.emplace();
  snapshot_->checkpoint = barrier.id;
  snapshot_->stages.resize(nodes_.size());
  snapshot_->times.resize(nodes_.size());
  open_barriers_ = static_cast<std::uint32_t>(outputs_.size());
  return enter(barrier);
}

result<chain_state> chain::push_end(input_id input, data::end_of_input end) {
  --entry_inputs_;
  for (const chain_target& t : entry_) {
    if (t.what == chain_target::kind::stage) {
      MILLRACE_CHECK(nodes_[t.index]->receive(input_end{input, end}));
    } else if (entry_inputs_ == 0) {
      MILLRACE_CHECK(output_signal(t.index, input_end{input, end}));
    }
  }
  return proceed();
}

result<chain_state> chain::push_time(timestamp_ms now) {
  for (auto& n : nodes_) {
    if (n->next_processing_time() <= now) MILLRACE_CHECK(n->receive(tick{now}));
  }
  return proceed();
}

result<chain_state> chain::push_at(const chain_target& target, const data::element& what) {
  const std::vector<chain_target> only{target};
  if (const auto* batch = std::get_if<data::batch_ptr>(&what)) {
    MILLRACE_CHECK(emit_to(only, input_id(0), *batch));
  } else if (const auto* mark = std::get_if<data::watermark>(&what)) {
    MILLRACE_CHECK(signal_to(only, *mark));
  } else if (const auto* idle = std::get_if<data::idleness>(&what)) {
    MILLRACE_CHECK(signal_to(only, *idle));
  }
  return proceed();
}

result<chain_state> chain::enter(const signal& s) {
  MILLRACE_CHECK(signal_to(entry_, s));
  return proceed();
}

result<chain_state> chain::proceed() {
  for (std::uint32_t calls = 0; pending_ > 0; ++calls) {
    node& n = *deepest_pending();
    if (!n.passes_barrier() && !room_at(n.targets())) return chain_state::full;
    if (n.needs_state()) return chain_state::need_state;
    if (calls == calls_per_turn) return chain_state::yielded;
    MILLRACE_CHECK(n.advance());
  }
  return chain_state::ready;
}

std::unique_ptr<tables::load_job> chain::begin_load() {
  return deepest_pending()->stage().tables->begin_load();
}

// Nothing is taken between `need_state` and this: the deepest node still is the one that waits.
result<void> chain::finish_load(tables::load_job* job) {
  node& parked = *deepest_pending();
  if (job != nullptr) MILLRACE_CHECK(parked.stage().tables->finish_load(*job));
  parked.state_loaded();
  return {};
}

std::size_t chain::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& n : nodes_) {
    if (n->stage().tables) bytes += n->stage().tables->memory_bytes();
  }
  return bytes;
}

bool chain::spills() const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [](const auto& n) { return n->stage().cold != nullptr; });
}

result<std::size_t> chain::spill(std::size_t bytes) {
  std::vector<tables::table_set*> sets;
  for (auto& n : nodes_) {
    if (n->stage().tables && n->stage().cold && !n->paused())
      sets.push_back(n->stage().tables.get());
  }
  std::sort(sets.begin(), sets.end(),
            [](auto* a, auto* b) { return a->memory_bytes() > b->memory_bytes(); });
  std::size_t freed = 0;
  for (tables::table_set* set : sets) {
    if (freed >= bytes) break;
    MILLRACE_TRY(const std::size_t more, set->spill(bytes - freed));
    freed += more;
  }
  return freed;
}

chain::node* chain::deepest_pending() {
  for (auto n = nodes_.rbegin();; ++n) {
    if ((*n)->pending()) return n->get();
  }
}

bool chain::has_room() const { return room_at(entry_); }

bool chain::room_in(const chain_output& output) const {
  return !output.full() || (hurry_ && output.lends());
}

bool chain::room_at(const std::vector<chain_target>& targets) const {
  for (const chain_target& t : targets) {
    const bool room = t.what == chain_target::kind::stage ? nodes_[t.index]->has_room()
                                                          : room_in(*outputs_[t.index]);
    if (!room) return false;
  }
  return true;
}

result<void> chain::emit_to(const std::vector<chain_target>& targets, input_id input,
                            const data::batch_ptr& batch) {
  for (const chain_target& t : targets) {
    if (t.what == chain_target::kind::stage) {
      MILLRACE_CHECK(nodes_[t.index]->receive(input, batch));
    } else {
      MILLRACE_CHECK(outputs_[t.index]->emit(batch));
    }
  }
  return {};
}

result<void> chain::signal_to(const std::vector<chain_target>& targets, const signal& s) {
  for (const chain_target& t : targets) {
    if (t.what == chain_target::kind::stage) {
      MILLRACE_CHECK(nodes_[t.index]->receive(s));
    } else {
      MILLRACE_CHECK(output_signal(t.index, s));
    }
  }
  return {};
}

result<void> chain::output_signal(std::uint32_t output, const signal& s) {
  chain_output& to = *outputs_[output];
  if (const auto* end = std::get_if<input_end>(&s)) {
    --open_ends_;
    return to.signal(end->end);
  }
  if (const auto* mark = std::get_if<data::watermark>(&s)) return to.signal(*mark);
  if (const auto* idle = std::get_if<data::idleness>(&s)) return to.signal(*idle);
  if (const auto* marker = std::get_if<data::latency_marker>(&s)) return to.signal(*marker);
  if (const auto* barrier = std::get_if<data::barrier>(&s)) {
    --open_barriers_;
    return to.signal(*barrier);
  }
  return {};
}

timestamp_ms chain::next_processing_time() const {
  timestamp_ms next = max_watermark;
  for (const auto& n : nodes_) next = std::min(next, n->next_processing_time());
  return next;
}

std::int64_t chain::output_deadline_us() const {
  std::int64_t next = never_us;
  for (const auto& o : outputs_) next = std::min(next, o->deadline_us());
  return next;
}

std::int64_t chain::retry_us() const {
  std::int64_t next = never_us;
  for (const auto& o : outputs_) {
    if (o->full()) next = std::min(next, o->deadline_us());
  }
  return next;
}

result<void> chain::flush_outputs() {
  for (auto& o : outputs_) MILLRACE_CHECK(o->flush());
  return {};
}

void chain::checkpoint_complete(checkpoint_id checkpoint) {
  for (auto& n : nodes_) n->stage().op->checkpoint_complete(checkpoint);
}

std::optional<chain_snapshot> chain::take_snapshot() {
  if (open_barriers_ > 0) return std::nullopt;
  return std::exchange(snapshot_, std::nullopt);
}

}  // namespace millrace::runtime
