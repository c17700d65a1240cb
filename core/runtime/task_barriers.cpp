#include "core/runtime/task.hpp"

#include "core/base/fail_point.hpp"
#include "core/tables/table_set.hpp"

#include <algorithm>
#include <utility>

// What a task does with barriers, and with the checkpoints that they stand for.

namespace millrace::runtime {

result<void> task::pass_trigger() {
  MILLRACE_CHECK(pass_step(protocol_step::inject));
  passed_.emplace();
  passed_->splits = parts_.source->snapshot();
  passed_->finished_splits = parts_.source->finished();
  rows_since_barrier_ = 0;
  asked_for_barrier_ = false;
  pass(triggered_.front());
  triggered_.pop_front();
  return {};
}

void task::pass(const data::barrier& barrier) {
  passing_ = barrier;
  deferred_.emplace_back(data::element(barrier));
}

void task::on_barrier(channel_id from, const data::barrier& barrier) {
  const alignment_action action = aligner_->on_barrier(from, barrier.id);
  if (action == alignment_action::ignore) return;
  aligning_ = barrier;
  if (action == alignment_action::complete) return barrier_aligned();
  block_channels();
}

void task::barrier_aligned() {
  block_channels();
  pass(aligning_);
}

void task::block_channels() {
  for (std::uint32_t c = 0; c < parts_.gate->channel_count(); ++c) {
    const channel_id id(c);
    parts_.gate->set_blocked(id, parts_.aligns && aligner_->blocked(id));
  }
}

// The barrier that may overtake and has not passed yet; null: none is here.
const data::barrier* task::waiting_barrier() const {
  if (parts_.source) {
    return triggered_.empty() || !triggered_.front().unaligned ? nullptr : &triggered_.front();
  }
  const auto& announced = parts_.gate->announced();
  return announced && aligner_->awaits(announced->id) ? &*announced : nullptr;
}

// Steady microseconds.
std::int64_t task::overtakes_at(const data::barrier& barrier) const {
  const std::int64_t left = barrier.at + barrier.patience_ms - parts_.time->now();
  return parts_.time->steady_us() + std::max<std::int64_t>(0, left) * 1000;
}

bool task::may_overtake(const data::barrier& barrier) const {
  if (passing_ || held_ || !is_due(barrier)) return false;
  if (parts_.source) return true;
  for (std::uint32_t c = 0; c < parts_.gate->channel_count(); ++c) {
    const channel_id id(c);
    if (!parts_.gate->overtakes(id) && !aligner_->delivered(id, barrier.id)) return false;
  }
  return true;
}

bool task::is_due(const data::barrier& barrier) const {
  return barrier.unaligned && overtakes_at(barrier) <= parts_.time->steady_us();
}

// Between two elements an unaligned barrier whose time has come goes in front of all input. In the
// middle of one, the chain hurries to its end.
result<void> task::look_for_barrier() {
  const data::barrier* barrier = waiting_barrier();
  const bool due = barrier != nullptr && may_overtake(*barrier);
  if (due && state_ == chain_state::ready) MILLRACE_CHECK(overtake(*barrier));
  hurry_ = due || (passing_ && is_due(*passing_));
  parts_.chain->set_hurry(hurry_);
  return {};
}

// What has been taken from the gate already is deferred in front of the barrier.
result<void> task::overtake(const data::barrier& barrier) {
  if (parts_.source) return deferred_.empty() ? pass_trigger() : result<void>();
  MILLRACE_CHECK(pass_step(protocol_step::align));
  const data::barrier passing = barrier;
  if (aligner_->current() != passing.id) {
    aligner_->overtake(passing.id);
    block_channels();
  }
  parts_.gate->overtake(passing.id, [this](channel_id c) {
    return event_time{merger_->time_of(c), merger_->idle(c)};
  });
  aligner_->overtake(passing.id);
  block_channels();
  pass(passing);
  return {};
}

// The barrier has passed the chain. What the sinks have prepared is put away at once, since more
// may follow while rows that the barrier overtook are still to come.
void task::hold_snapshot() {
  passing_.reset();
  hurry_ = false;
  parts_.chain->set_hurry(false);
  kept_ = parts_.chain->take_snapshot();
  held_ = std::exchange(passed_, std::nullopt);
  held_->state = *kept_;
  for (std::uint32_t i = 0; i < parts_.chain->stage_count(); ++i) {
    const auto& tables = parts_.chain->stage_at(i).tables;
    held_->tables.push_back(tables ? tables->specs() : std::vector<tables::table_spec>());
  }
  held_->committables = take_committables();
  held_->collected = take_collected();
  // Given up while its barrier was on the way through the task.
  if (kept_->checkpoint <= aborted_) take_back();
}

bool task::snapshot_complete() const {
  return held_ && (!parts_.gate || parts_.gate->overtaken().complete());
}

std::optional<task_snapshot> task::take_snapshot() {
  if (!snapshot_complete()) return std::nullopt;
  if (parts_.gate) held_->overtaken = parts_.gate->overtaken().take();
  return std::exchange(held_, std::nullopt);
}

void task::checkpoint_complete(checkpoint_id checkpoint) {
  parts_.chain->checkpoint_complete(checkpoint);
  if (!kept_ || kept_->checkpoint != checkpoint) return;
  for (std::uint32_t i = 0; i < kept_->stages.size(); ++i) {
    if (kept_->stages[i]) parts_.chain->stage_at(i).tables->written(*kept_->stages[i]);
  }
  kept_.reset();
}

// A snapshot that is not taken yet still goes to the master: it holds what sinks have prepared,
// which the next checkpoint lets go.
void task::checkpoint_aborted(checkpoint_id checkpoint) {
  aborted_ = std::max(aborted_, checkpoint);
  asked_for_barrier_ = false;
  std::erase_if(triggered_, [&](const data::barrier& b) { return b.id <= checkpoint; });
  if (aligner_) {
    aligner_->cancel(checkpoint);
    parts_.gate->overtaken().cancel();
    block_channels();
  }
  if (kept_ && kept_->checkpoint == checkpoint) take_back();
}

void task::take_back() {
  for (std::uint32_t i = 0; i < kept_->stages.size(); ++i) {
    if (kept_->stages[i]) parts_.chain->stage_at(i).tables->merge_back(*kept_->stages[i]);
  }
  kept_.reset();
}

}  // namespace millrace::runtime
