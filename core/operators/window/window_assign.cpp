#include "core/operators/window/window_assign.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/operator_context.hpp"
#include "core/operators/time_column.hpp"
#include "core/operators/window/window_columns.hpp"

namespace millrace::operators {

using property = plan::window_aggregate_spec::property;

window_assign::window_assign(plan::window_assign_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)), output_types_(types_of(inputs.node.columns)), slices_(spec_.window) {}

result<void> window_assign::open(operator_context& context) {
  context_ = &context;
  if (spec_.window.local_zone) {
    MILLRACE_TRY(axis_, window_axis::local(context.eval.time_zone));
  }
  return {};
}

result<progress> window_assign::process(input_id, const data::batch_ptr& batch, output& out) {
  pending_ = batch;
  now_ = axis_.of_utc(context_->time->now());
  next_row_ = 0;
  start_row();
  return resume(out);
}

result<progress> window_assign::resume(output& out) {
  while (true) {
    MILLRACE_TRY(const progress drained, outbox_.drain(out));
    if (drained != progress::need_input) return drained;
    if (!pending_) return progress::need_input;
    expand_some();
    if (!outbox_.empty() && out.full()) return progress::more_output;
  }
}

// Goes to the windows of the next row that has any.
void window_assign::start_row() {
  const bool row_time = !spec_.window.processing_time;
  const data::column& times = *pending_->column_at(spec_.window.time_column);
  for (; next_row_ < pending_->row_count(); ++next_row_) {
    const std::uint32_t row = pending_->row_at(next_row_);
    if (row_time && times.is_null(row)) continue;
    const timestamp_ms time = row_time ? axis_.of_utc(time_column(times)[row]) : now_;
    const timestamp_ms slice = slices_.slice_of(time);
    next_window_ = slices_.first_window(slice);
    last_window_ = slices_.last_window(slice);
    if (next_window_ <= last_window_) return;
  }
}

// Makes one batch of at most `batch_rows` rows.
void window_assign::expand_some() {
  std::vector<std::uint32_t> rows;
  std::vector<data::column_builder> bounds;
  const std::size_t width = pending_->columns().size();
  for (std::size_t i = 0; i < 3; ++i) bounds.emplace_back(output_types_[width + i]);
  while (next_row_ < pending_->row_count() && rows.size() < context_->batch_rows) {
    rows.push_back(pending_->row_at(next_row_));
    const window_bounds window{slices_.window_start(next_window_), next_window_};
    for (std::size_t i = 0; i < 3; ++i)
      append_time(bounds[i],
                  property_value(static_cast<property>(i), window, bounds[i].type(), axis_, now_));
    next_window_ = slices_.next_window(next_window_);
    if (next_window_ <= last_window_) continue;
    ++next_row_;
    start_row();
  }
  const auto made = data::take(*pending_, rows);
  auto columns = made->columns();
  for (auto& b : bounds) columns.push_back(b.finish());
  data::batch_ptr batch = std::make_shared<const data::record_batch>(
      std::move(columns), static_cast<std::uint32_t>(rows.size()));
  if (made->kinds_buffer()) batch = batch->with_kinds(made->kinds_buffer());
  outbox_.put(std::move(batch));
  if (next_row_ >= pending_->row_count()) pending_.reset();
}

}  // namespace millrace::operators
