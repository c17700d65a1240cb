#include "core/operators/stateless/watermark_assigner.hpp"

#include "core/operators/operator_context.hpp"
#include "core/operators/time_column.hpp"
#include "core/operators/time_extent.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

error null_row_time() {
  return make_error(errc::runtime_null_row_time, "the row time column is NULL",
                    "filter NULLs out in front of the table, or give the column a default");
}

// Times and delays up to here cannot wrap around.
constexpr timestamp_ms far = timestamp_ms{1} << 60;

// `t`, or `t - INTERVAL '4' SECOND`: the greatest watermark of rows follows from their greatest
// time, so none is computed per row.
std::optional<timestamp_ms> delay_of(const expr::bound_expr& e, std::uint32_t time_column) {
  const auto is_time = [&](const expr::bound_expr& part) {
    return part.kind == expr::expr_kind::column && part.column == time_column;
  };
  if (is_time(e)) return 0;
  if (e.kind != expr::expr_kind::call || e.function != "-" || !is_time(*e.arguments[0]))
    return std::nullopt;
  const expr::bound_expr& by = *e.arguments[1];
  if (by.kind != expr::expr_kind::literal || by.literal->is_null(0) ||
      by.type.id() != data::type_id::interval_day_time)
    return std::nullopt;
  const auto delay = by.literal->value<std::int64_t>(0);
  return delay > -far && delay < far ? std::optional(delay) : std::nullopt;
}

}  // namespace

result<void> watermark_assigner::open(operator_context& context) {
  context_ = &context;
  last_row_at_ = announced_at_ = context.time->now();
  stored_.open(context);
  delay_ = delay_of(*spec_.expression, spec_.time_column);
  MILLRACE_TRY(expression_, expr::evaluator::make({spec_.expression}, context.eval));
  return {};
}

// The usual batch: no row is late even against the watermark at its end, so none is cut off.
bool watermark_assigner::in_order(const data::record_batch& batch, const time_column& times,
                                  const time_column& marks) {
  const auto* time = times.flat_ms();
  const auto* mark = marks.flat_ms();
  if (batch.selected() || time == nullptr || mark == nullptr) return false;
  return keeps_order(extent_of(time, batch.row_count()).least,
                     extent_of(mark, batch.row_count()).most);
}

bool watermark_assigner::in_order_by_delay(const data::record_batch& batch,
                                           const time_column& times) {
  if (!delay_ || batch.selected() || times.flat_ms() == nullptr) return false;
  const auto [least, most] = extent_of(times.flat_ms(), batch.row_count());
  return least > -far && most < far && keeps_order(least, most - *delay_);
}

bool watermark_assigner::keeps_order(timestamp_ms least_time, timestamp_ms most_mark) {
  const timestamp_ms most = std::max(running_, most_mark);
  if (most > announced_ && least_time <= most) return false;
  running_ = most;
  return true;
}

result<void> watermark_assigner::find_cuts(const data::record_batch& batch) {
  const time_column times(*batch.column_at(spec_.time_column));
  if (in_order_by_delay(batch, times)) {
    stored_.advance(running_);
    return {};
  }
  MILLRACE_TRY(const auto made, expression_->evaluate(batch));
  const time_column marks(*made[0]);
  if (in_order(batch, times, marks)) {
    stored_.advance(running_);
    return {};
  }
  timestamp_ms announced = announced_;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    if (times.is_null(row)) return null_row_time();
    if (running_ > announced && times[row] <= running_) {
      cuts_.push_back({i, running_});
      announced = running_;
    }
    if (!marks.is_null(row)) running_ = std::max(running_, marks[row]);
  }
  stored_.advance(running_);
  return {};
}

result<void> watermark_assigner::wake(output& out) {
  last_row_at_ = context_->time->now();
  if (!idle_) return {};
  idle_ = false;
  return out.emit_idle(false);
}

result<void> watermark_assigner::announce(timestamp_ms time, output& out) {
  announced_ = time;
  announced_at_ = context_->time->now();
  return out.emit_watermark(time);
}

result<progress> watermark_assigner::process(input_id, const data::batch_ptr& batch, output& out) {
  running_ = stored_.get();
  MILLRACE_CHECK(wake(out));
  batch_ = batch;
  cuts_.clear();
  next_cut_ = sent_ = 0;
  MILLRACE_CHECK(find_cuts(*batch));
  return finish_batch(out);
}

result<progress> watermark_assigner::resume(output& out) {
  return batch_ ? finish_batch(out) : progress::need_input;
}

result<progress> watermark_assigner::on_watermark(timestamp_ms time, output& out) {
  if (time == max_watermark) return progress::need_input;
  running_ = std::max(stored_.get(), time);
  stored_.advance(running_);
  if (running_ > announced_) MILLRACE_CHECK(announce(running_, out));
  return progress::need_input;
}

result<progress> watermark_assigner::finish_batch(output& out) {
  for (bool first = true; next_cut_ <= cuts_.size(); ++next_cut_) {
    const bool last = next_cut_ == cuts_.size();
    const std::uint32_t end = last ? batch_->row_count() : cuts_[next_cut_].end;
    if (end > sent_) {
      if (!first && out.full()) return progress::more_output;
      first = false;
      MILLRACE_CHECK(out.emit(data::live_slice(batch_, sent_, end - sent_)));
      sent_ = end;
    }
    if (!last) MILLRACE_CHECK(announce(cuts_[next_cut_].watermark, out));
  }
  batch_.reset();
  if (running_ > announced_ && context_->time->now() >= announced_at_ + spec_.interval_ms)
    MILLRACE_CHECK(announce(running_, out));
  return progress::need_input;
}

timestamp_ms watermark_assigner::next_processing_time() const {
  timestamp_ms next = max_watermark;
  if (running_ > announced_) next = announced_at_ + spec_.interval_ms;
  if (spec_.idle_timeout_ms > 0 && !idle_)
    next = std::min(next, last_row_at_ + spec_.idle_timeout_ms);
  return next;
}

result<progress> watermark_assigner::on_processing_time(timestamp_ms now, output& out) {
  if (running_ > announced_ && now >= announced_at_ + spec_.interval_ms)
    MILLRACE_CHECK(announce(running_, out));
  if (spec_.idle_timeout_ms > 0 && !idle_ && now >= last_row_at_ + spec_.idle_timeout_ms) {
    idle_ = true;
    MILLRACE_CHECK(out.emit_idle(true));
  }
  return progress::need_input;
}

result<progress> watermark_assigner::prepare_barrier(output&) {
  stored_.save();
  return progress::need_input;
}

}  // namespace millrace::operators
