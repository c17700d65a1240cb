#include "core/runtime/task.hpp"

#include "core/base/fail_point.hpp"
#include "core/tables/table_set.hpp"

#include <algorithm>
#include <utility>

namespace millrace::runtime {

namespace {

constexpr std::int64_t turn_us = 1000;
// Keeps a turn short under a clock that stands still.
constexpr int turn_events = 256;
// A source's wait while the memory budget is used up.
constexpr std::int64_t patience_us = 5000;
// How often the size of the state is looked at, for metrics.
constexpr std::int64_t state_sample_us = 250'000;

template <class Signal>
bool is_barrier(const Signal& next) {
  const auto* element = std::get_if<data::element>(&next);
  return element != nullptr && std::holds_alternative<data::barrier>(*element);
}

}  // namespace

task::task(task_parts parts) : parts_(std::move(parts)) {
  if (!parts_.gate) return;
  const auto inputs = parts_.gate->inputs();
  merger_.emplace(inputs);
  aligner_.emplace(parts_.gate->channel_count());
  for (const input_id input : inputs) {
    if (input.value >= open_channels_.size()) open_channels_.resize(input.value + 1);
    ++open_channels_[input.value];
  }
}

// The tables go in front of the deltas that are still open, which then have nothing to put back.
task::~task() { parts_.chain.reset(); }

result<void> task::open() {
  MILLRACE_CHECK(parts_.chain->open());
  if (parts_.restored_watermark) resume_event_time();
  return {};
}

// What was under way inside of the chain goes in front of the event time that its operators send on
// again; what was under way to its entry behind it, and in front of all new input.
void task::resume_event_time() {
  const timestamp_ms time = *parts_.restored_watermark;
  for (const task_replay& r : parts_.replays) {
    if (r.target) defer(r);
  }
  if (merger_) merger_->restore(time);
  if (time > min_watermark) deferred_.emplace_back(data::element(data::watermark{time}));
  deferred_.emplace_back(resumed{});
  for (const task_replay& r : parts_.replays) {
    if (!r.target) defer(r);
  }
  parts_.replays.clear();
}

void task::defer(const task_replay& replay) {
  const replay_steps plan = plan_replay(replay);
  if (replay.target && replay.watermark > min_watermark) {
    deferred_.emplace_back(inner_element{*replay.target, data::watermark{replay.watermark}});
  }
  for (const replay_step& step : plan.steps) {
    if (const auto* time = std::get_if<input_time>(&step)) {
      if (!replay.target) deferred_.emplace_back(*time);
      continue;
    }
    const replayed& r = std::get<replayed>(step);
    if (replay.target) {
      deferred_.emplace_back(inner_element{*replay.target, r.what});
    } else if (const auto* batch = std::get_if<data::batch_ptr>(&r.what)) {
      deferred_.emplace_back(input_rows{r.input, *batch});
    } else {
      deferred_.emplace_back(r.what);
    }
  }
  if (!replay.target && merger_) merger_->restore(plan.watermark);
}

void task::close() { parts_.chain->close(); }

void task::grant(output_channel to, std::int64_t bytes) {
  std::uint32_t index = to.value;
  for (router* r : parts_.routers) {
    if (index < r->channel_count()) return r->on_credit(index, bytes);
    index -= r->channel_count();
  }
}

void task::assign_split(std::optional<connectors::source_split> split) {
  parts_.source->assign(std::move(split));
  source_retry_us_ = 0;
}

result<task_turn> task::run() {
  const std::int64_t started = parts_.time->steady_us();
  want_split_ = want_barrier_ = false;
  auto turn = [&]() -> result<task_turn> {
    if (snapshot_complete()) return task_turn{.what = task_turn::next::again};
    for (int events = 0;; ++events) {
      if (events == turn_events || parts_.time->steady_us() - started > turn_us) {
        return task_turn{.what = task_turn::next::again};
      }
      MILLRACE_TRY(const bool worked, work_once());
      // What sinks prepare behind a barrier, at the end of input above all, is no part of its
      // snapshot: it is taken first.
      if (parts_.chain->snapshot_ready()) {
        hold_snapshot();
        return task_turn{.what = task_turn::next::again};
      }
      if (parts_.chain->finished()) return task_turn{.what = task_turn::next::finished};
      if (!worked) return rest();
      rested_ = false;
    }
  }();
  account(started, turn);
  if (turn.ok()) {
    turn->want_split = want_split_;
    turn->want_barrier = want_barrier_;
    turn->load = std::exchange(new_load_, nullptr);
  }
  return turn;
}

// Gives false when there is nothing to do now.
result<bool> task::work_once() {
  if (state_ == chain_state::need_state) return await_state();
  MILLRACE_CHECK(look_for_barrier());
  if (state_ != chain_state::ready) return proceed();
  MILLRACE_CHECK(relieve_memory());
  MILLRACE_CHECK(advance_time());
  if (state_ != chain_state::ready) return true;
  const bool barrier_next = hurry_ && !deferred_.empty() && is_barrier(deferred_.front());
  if (!barrier_next && !parts_.chain->has_room()) return false;
  if (awaits_settlement()) return false;
  if (!deferred_.empty()) {
    const signal next = std::move(deferred_.front());
    deferred_.pop_front();
    MILLRACE_CHECK(push(next));
    return true;
  }
  return parts_.source ? from_source() : from_gate();
}

// Between processes a barrier may come before the word on the checkpoint before it, whose frozen
// state is still in the way.
bool task::awaits_settlement() const {
  return kept_ && !deferred_.empty() && is_barrier(deferred_.front());
}

// Every task gives back its share of what is too much, so that none empties itself for the others.
// Where that does not help, sources read a batch at a time with a pause in front of each, so that
// others can free memory faster than it is used.
result<void> task::relieve_memory() {
  if (parts_.spill_always) MILLRACE_CHECK(parts_.chain->spill(SIZE_MAX));
  if (parts_.budget == nullptr || !parts_.budget->tight()) return {};
  const std::size_t held = parts_.chain->memory_bytes();
  MILLRACE_TRY(const std::size_t freed, parts_.chain->spill(parts_.budget->share_to_free(held)));
  if (freed > 0 || !parts_.budget->exceeded()) return {};
  if (held > 0 && !parts_.chain->spills() && parts_.budget->overdrawn()) return out_of_budget();
  if (!std::exchange(throttled_, true)) source_retry_us_ = parts_.time->steady_us() + patience_us;
  return {};
}

error task::out_of_budget() const {
  return make_error(errc::runtime_out_of_budget,
                    "the state of " + parts_.metrics->vertex + " does not fit into the budget of " +
                        std::to_string(parts_.budget->limit() >> 20) + " MB",
                    "SET 'state.backend.type' = 'rocksdb' to spill it, or raise --memory");
}

result<bool> task::proceed() {
  MILLRACE_TRY(state_, parts_.chain->proceed());
  return state_ != chain_state::full;
}

// Parks the chain until the reads it wants have run elsewhere.
result<bool> task::await_state() {
  if (loading_ && !load_done_) return false;
  if (!loading_) {
    loading_ = parts_.chain->begin_load();
    new_load_ = loading_;
    load_done_ = false;
    if (loading_) return false;
  }
  const auto job = std::exchange(loading_, nullptr);
  MILLRACE_CHECK(parts_.chain->finish_load(job.get()));
  return proceed();
}

result<void> task::push(const signal& next) {
  if (const auto* e = std::get_if<data::element>(&next)) return push(*e);
  if (const auto* t = std::get_if<input_time>(&next)) {
    parts_.chain->push_input_watermark(t->input, t->time);
    return {};
  }
  if (const auto* r = std::get_if<input_rows>(&next)) {
    MILLRACE_TRY(state_, parts_.chain->push(r->input, r->batch));
    return {};
  }
  if (const auto* i = std::get_if<inner_element>(&next)) {
    MILLRACE_TRY(state_, parts_.chain->push_at(i->target, i->what));
    return {};
  }
  if (const auto* end = std::get_if<ended_input>(&next)) {
    MILLRACE_TRY(state_, parts_.chain->push_end(end->input, end->end));
  } else {
    MILLRACE_TRY(state_, parts_.chain->push_resumed());
  }
  return {};
}

result<void> task::push(const data::element& what) {
  if (const auto* mark = std::get_if<data::watermark>(&what)) {
    watermark_ = mark->time;
    parts_.metrics->watermark.store(mark->time, std::memory_order_relaxed);
    MILLRACE_TRY(state_, parts_.chain->push_watermark(mark->time));
  } else if (const auto* idle = std::get_if<data::idleness>(&what)) {
    MILLRACE_TRY(state_, parts_.chain->push_idleness(idle->idle));
  } else if (const auto* barrier = std::get_if<data::barrier>(&what)) {
    MILLRACE_CHECK(pass_step(protocol_step::freeze));
    if (!passed_) passed_.emplace();
    passed_->barrier = *barrier;
    passed_->watermark = watermark_;
    MILLRACE_TRY(state_, parts_.chain->push_barrier(*barrier));
  } else if (const auto* marker = std::get_if<data::latency_marker>(&what)) {
    MILLRACE_TRY(state_, parts_.chain->push_latency_marker(*marker));
  }
  return {};
}

result<bool> task::from_source() {
  if (!triggered_.empty() && !passing_ && !held_) {
    MILLRACE_CHECK(pass_trigger());
    return true;
  }
  if (source_ended_ || parts_.time->steady_us() < source_retry_us_) return false;
  throttled_ = false;
  if (rows_to_read() == 0) {
    want_barrier_ = !std::exchange(asked_for_barrier_, true);
    return false;
  }
  MILLRACE_TRY(source_step step, parts_.source->next(rows_to_read()));
  if (step.watermark > min_watermark) {
    deferred_.emplace_back(data::element(data::watermark{step.watermark}));
  }
  source_retry_us_ = 0;
  switch (step.what) {
    case source_step::kind::batch: MILLRACE_CHECK(push_rows(step.batch)); return true;
    case source_step::kind::want_split: want_split_ = true; return true;
    case source_step::kind::ended:
      source_ended_ = true;
      deferred_.emplace_back(data::element(data::watermark{max_watermark}));
      deferred_.emplace_back(ended_input{input_id(0), {}});
      return true;
    case source_step::kind::pending:
      source_retry_us_ = step.retry_at_us;
      return !deferred_.empty() || source_retry_us_ == 0;
  }
  return false;
}

std::uint32_t task::rows_to_read() const {
  if (parts_.barrier_rows == 0) return parts_.batch_rows;
  const std::uint32_t left =
      parts_.barrier_rows - std::min(parts_.barrier_rows, rows_since_barrier_);
  return std::min(parts_.batch_rows, left);
}

result<void> task::push_rows(const data::batch_ptr& batch) {
  bump(parts_.metrics->source_rows, std::uint64_t{batch->row_count()});
  if (parts_.source_counters != nullptr) {
    bump(parts_.source_counters->rows_out, std::uint64_t{batch->row_count()});
  }
  if (batch->row_count() == 0) return {};
  rows_since_barrier_ += batch->row_count();
  MILLRACE_TRY(state_, parts_.chain->push(input_id(0), batch));
  return {};
}

result<bool> task::from_gate() {
  if (parts_.hold_rows && parts_.gate->may_hold()) return false;
  auto event = parts_.gate->next();
  if (!event) return false;
  MILLRACE_CHECK(on_event(std::move(*event)));
  return true;
}

result<void> task::on_event(gate_event event) {
  if (const auto* batch = std::get_if<data::batch_ptr>(&event.what)) {
    bump(parts_.metrics->received_rows, std::uint64_t{(*batch)->row_count()});
    MILLRACE_TRY(state_, parts_.chain->push(event.input, *batch));
  } else if (const auto* mark = std::get_if<data::watermark>(&event.what)) {
    defer(event.input, merger_->on_watermark(event.channel, mark->time));
  } else if (const auto* idle = std::get_if<data::idleness>(&event.what)) {
    defer(event.input, merger_->on_idleness(event.channel, idle->idle));
  } else if (const auto* barrier = std::get_if<data::barrier>(&event.what)) {
    MILLRACE_CHECK(pass_step(protocol_step::align));
    on_barrier(event.channel, *barrier);
  } else if (const auto* end = std::get_if<data::end_of_input>(&event.what)) {
    on_end(event.channel, event.input, *end);
  } else {
    deferred_.emplace_back(std::move(event.what));
  }
  return {};
}

void task::on_end(channel_id channel, input_id input, data::end_of_input end) {
  if (aligner_->on_end(channel) == alignment_action::complete) barrier_aligned();
  if (!end.stopped_with_savepoint) defer(input, merger_->on_end(channel));
  if (--open_channels_[input.value] == 0) deferred_.emplace_back(ended_input{input, end});
}

// Activity goes in front of the watermark that it allows, idleness behind the last one.
void task::defer(input_id input, const event_time_change& change) {
  if (change.input_watermark) deferred_.emplace_back(input_time{input, *change.input_watermark});
  if (change.idle == false) deferred_.emplace_back(data::element(data::idleness{false}));
  if (change.watermark) deferred_.emplace_back(data::element(data::watermark{*change.watermark}));
  if (change.idle == true) deferred_.emplace_back(data::element(data::idleness{true}));
}

result<void> task::advance_time() {
  const timestamp_ms next = parts_.chain->next_processing_time();
  if (next == max_watermark) return {};
  const timestamp_ms now = parts_.time->now();
  if (now < next) return {};
  MILLRACE_TRY(state_, parts_.chain->push_time(now));
  return {};
}

// Rows kept back for bigger batches leave when a second turn finds nothing either: under load other
// tasks bring more in between.
result<task_turn> task::rest() {
  if (state_ == chain_state::need_state) {
    MILLRACE_CHECK(parts_.chain->flush_outputs());
  } else if (state_ == chain_state::ready && parts_.chain->has_room()) {
    if (!rested_ && parts_.chain->output_deadline_us() != never_us) {
      rested_ = true;
      return task_turn{.what = task_turn::next::again};
    }
    MILLRACE_CHECK(parts_.chain->flush_outputs());
  }
  return task_turn{.what = task_turn::next::wait, .wake_at_us = wake_time()};
}

std::int64_t task::wake_time() const {
  // Loaded state or credit will wake it: other deadlines that pass meanwhile would only keep it
  // awake.
  if (state_ == chain_state::need_state) return never_us;
  const data::barrier* barrier = passing_ ? &*passing_ : waiting_barrier();
  const bool in_line = barrier != nullptr && barrier->unaligned && !hurry_;
  const std::int64_t overtakes = in_line ? overtakes_at(*barrier) : never_us;
  if (state_ != chain_state::ready || !parts_.chain->has_room()) {
    return std::min(overtakes, parts_.chain->retry_us());
  }
  std::int64_t wake = std::min(overtakes, parts_.chain->output_deadline_us());
  if (parts_.source && !source_ended_ && source_retry_us_ > 0) {
    wake = std::min(wake, source_retry_us_);
  }
  const timestamp_ms next = parts_.chain->next_processing_time();
  if (next == max_watermark) return wake;
  const std::int64_t ms = std::max<std::int64_t>(0, next - parts_.time->now());
  return std::min(wake, parts_.time->steady_us() + ms * 1000);
}

void task::account(std::int64_t started_us, const result<task_turn>& turn) {
  const std::int64_t now = parts_.time->steady_us();
  task_metrics& m = *parts_.metrics;
  bump(m.busy_us, now - started_us);
  if (waits_since_us_ != 0) {
    bump(waits_blocked_ ? m.blocked_us : m.idle_us, started_us - waits_since_us_);
  }
  const bool waits = turn.ok() && turn->what == task_turn::next::wait;
  waits_since_us_ = waits ? now : 0;
  waits_blocked_ = state_ == chain_state::full || !parts_.chain->has_room();
  m.waits_blocked.store(waits_blocked_, std::memory_order_relaxed);
  m.waits_since_us.store(waits_since_us_, std::memory_order_relaxed);
  account_exchanges();
  if (now < state_sampled_us_ + state_sample_us) return;
  state_sampled_us_ = now;
  m.state_bytes.store(static_cast<std::int64_t>(parts_.chain->memory_bytes()),
                      std::memory_order_relaxed);
}

void task::account_exchanges() {
  task_metrics& m = *parts_.metrics;
  constexpr auto relaxed = std::memory_order_relaxed;
  if (parts_.gate) {
    m.queued_bytes.store(parts_.gate->queued_bytes(), relaxed);
    m.received_bytes.store(parts_.gate->taken_bytes(), relaxed);
  }
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  for (const router* r : parts_.routers) {
    rows += r->sent_rows();
    bytes += r->sent_bytes();
  }
  m.sent_rows.store(rows, relaxed);
  m.sent_bytes.store(bytes, relaxed);
}

std::vector<data::batch_ptr> task::take_collected() {
  std::vector<data::batch_ptr> all;
  for (collect_output* c : parts_.collects) {
    for (auto& batch : c->take_held()) all.push_back(std::move(batch));
  }
  return all;
}

std::vector<std::string> task::finished_splits() const {
  return parts_.source ? parts_.source->finished() : std::vector<std::string>();
}

std::vector<sink_committable> task::take_committables() {
  std::vector<sink_committable> all;
  for (sink_output* s : parts_.sinks) {
    for (auto& c : s->take_committables()) all.push_back(std::move(c));
  }
  return all;
}

}  // namespace millrace::runtime
