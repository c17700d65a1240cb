#include "core/runtime/chain_node.hpp"

#include "core/tables/state_change.hpp"
#include "core/tables/table_set.hpp"

#include <algorithm>
#include <utility>

namespace millrace::runtime {

using operators::progress;

chain::node::node(chain& owner, chain_stage stage, std::size_t index)
    : owner_(owner), stage_(std::move(stage)), index_(index) {}

chain::node::~node() = default;

result<void> chain::node::open() {
  auto opened = stage_.op->open(*stage_.context);
  if (opened.ok()) opened = restore();
  if (!opened) return named(opened.take_error());
  return {};
}

// The operator has declared its tables by now.
result<void> chain::node::restore() {
  if (stage_.restore.state.empty()) return {};
  MILLRACE_TRY(const auto change,
               tables::state_change::between(stage_.restore.tables, stage_.tables->specs(),
                                             stage_.restore.matches));
  for (auto& from : stage_.restore.state) {
    if (!change.nothing()) from = change.apply(std::move(from));
    // A cold tier begins empty: what was restored has to be written when it is spilled.
    MILLRACE_CHECK(stage_.tables->restore(*from, stage_.cold != nullptr));
  }
  stage_.restore.state.clear();
  return {};
}

// What was sent on before a restore is sent on again, also by operators that make event time.
timestamp_ms chain::node::next_watermark() const {
  return std::max(stage_.op->output_watermark(watermark_in_), stage_.restore.watermark_out);
}

void chain::node::close() { stage_.op->close(); }

timestamp_ms chain::node::next_processing_time() const {
  return ticking_ ? max_watermark : stage_.op->next_processing_time();
}

result<void> chain::node::receive(input_id input, const data::batch_ptr& batch) {
  if (!pending_) return start(rows{input, batch});
  waiting_.emplace_back(rows{input, batch});
  return {};
}

result<void> chain::node::receive(const signal& s) {
  if (std::holds_alternative<tick>(s)) ticking_ = true;
  const bool urgent = owner_.hurry_ && std::holds_alternative<data::barrier>(s);
  if (has_room() || (urgent && !pending_)) return start(s);
  waiting_.emplace_back(s);
  note_pending();
  return {};
}

bool chain::node::passes_barrier() const {
  if (!owner_.hurry_ || paused_ || waiting_.empty()) return false;
  const auto* s = std::get_if<signal>(&waiting_.front());
  return s != nullptr && std::holds_alternative<data::barrier>(*s);
}

result<void> chain::node::advance() {
  if (paused_) return settle(stage_.op->resume(*this));
  const work next = std::move(waiting_.front());
  waiting_.pop_front();
  return start(next);
}

result<void> chain::node::start(const work& w) {
  if (const auto* s = std::get_if<signal>(&w)) current_ = *s;
  return settle(call(w));
}

result<progress> chain::node::call(const work& w) {
  const auto* r = std::get_if<rows>(&w);
  if (r == nullptr) return call(std::get<signal>(w));
  auto& counter = stage_.context->metrics->rows_in;
  counter.store(counter.load(std::memory_order_relaxed) + r->batch->row_count(),
                std::memory_order_relaxed);
  return stage_.op->process(r->input, r->batch, *this);
}

result<progress> chain::node::call(const signal& s) {
  if (const auto* mark = std::get_if<data::watermark>(&s)) {
    stage_.context->eval.watermark = mark->time;
    return stage_.op->on_watermark(mark->time, *this);
  }
  if (const auto* end = std::get_if<input_end>(&s)) return stage_.op->finish(end->input, *this);
  if (std::holds_alternative<data::barrier>(s)) return stage_.op->prepare_barrier(*this);
  if (const auto* t = std::get_if<tick>(&s)) {
    ticking_ = false;
    return stage_.op->on_processing_time(t->now, *this);
  }
  return progress::need_input;
}

result<void> chain::node::settle(result<progress> said) {
  if (!said) return named(said.take_error());
  if (stage_.tables) {
    if (auto health = stage_.tables->health(); !health) return named(health.take_error());
  }
  paused_ = *said != progress::need_input;
  needs_state_ = *said == progress::need_state;
  if (!paused_) {
    const timestamp_ms out = next_watermark();
    if (out > watermark_out_) MILLRACE_CHECK(emit_watermark(out));
    if (current_) {
      const signal done = *std::exchange(current_, std::nullopt);
      MILLRACE_CHECK(complete(done));
    }
  }
  note_pending();
  return {};
}

result<void> chain::node::complete(const signal& s) {
  if (const auto* mark = std::get_if<data::watermark>(&s)) {
    watermark_in_ = mark->time;
    return emit_watermark(next_watermark());
  }
  if (const auto* idle = std::get_if<data::idleness>(&s)) return emit_idle(idle->idle);
  if (const auto* barrier = std::get_if<data::barrier>(&s)) {
    freeze(*barrier);
    return owner_.signal_to(stage_.targets, s);
  }
  if (const auto* end = std::get_if<input_end>(&s)) return complete_end(*end);
  if (std::holds_alternative<tick>(s)) return {};
  return owner_.signal_to(stage_.targets, s);
}

result<void> chain::node::complete_end(const input_end& end) {
  if (--open_inputs_ > 0) return {};
  return owner_.signal_to(stage_.targets, input_end{input_id(0), end.end});
}

void chain::node::freeze(const data::barrier& barrier) {
  if (!owner_.snapshot_) return;
  owner_.snapshot_->times[index_] = {watermark_in_, watermark_out_};
  if (!stage_.tables) return;
  // What was spilled is no change any more, and no checkpoint has it.
  const bool whole = barrier.savepoint || stage_.cold != nullptr;
  const auto mode = whole ? tables::freeze_mode::snapshot : tables::freeze_mode::changes;
  owner_.snapshot_->stages[index_] = stage_.tables->freeze(barrier.id, mode);
}

result<void> chain::node::emit(data::batch_ptr batch) {
  if (batch->row_count() == 0) return {};
  auto& counter = stage_.context->metrics->rows_out;
  counter.store(counter.load(std::memory_order_relaxed) + batch->row_count(),
                std::memory_order_relaxed);
  return owner_.emit_to(stage_.targets, input_id(0), batch);
}

bool chain::node::full() const { return !owner_.room_at(stage_.targets); }

result<void> chain::node::emit_watermark(timestamp_ms time) {
  if (time <= watermark_out_) return {};
  watermark_out_ = time;
  return owner_.signal_to(stage_.targets, data::watermark{time});
}

result<void> chain::node::emit_idle(bool idle) {
  if (idle == idle_out_) return {};
  idle_out_ = idle;
  return owner_.signal_to(stage_.targets, data::idleness{idle});
}

void chain::node::note_pending() {
  const bool now = paused_ || !waiting_.empty();
  if (now == pending_) return;
  pending_ = now;
  owner_.pending_ += now ? 1 : -1;
}

// The innermost operator's name is the one that helps: errors pass through the operators in front.
error chain::node::named(error e) {
  if (std::exchange(owner_.failed_, true)) return e;
  e.message += " (in operator " + stage_.name + ")";
  return e;
}

}  // namespace millrace::runtime
