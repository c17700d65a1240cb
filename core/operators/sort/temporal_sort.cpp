#include "core/operators/sort/temporal_sort.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/time_column.hpp"
#include "core/tables/table_set.hpp"

namespace millrace::operators {
namespace {

// The last tick of a millisecond; past the end of time there is no bound.
std::int64_t last_tick(timestamp_ms time, std::int64_t ticks_per_ms) {
  if (time >= max_watermark / ticks_per_ms) return INT64_MAX;
  return time * ticks_per_ms + (ticks_per_ms - 1);
}

}  // namespace

temporal_sort::temporal_sort(const plan::temporal_sort_spec& spec, const operator_inputs& inputs)
    : time_column_(spec.keys.at(0).column),
      ticks_per_ms_(data::ticks_per_second(inputs.inputs[0][time_column_].type.precision()) / 1000),
      rows_(spec.keys, types_of(inputs.inputs[0])) {}

result<void> temporal_sort::open(operator_context& context) {
  context_ = &context;
  rows_.open(context);
  watermark_.open(context);
  return {};
}

result<progress> temporal_sort::process(input_id, const data::batch_ptr& batch, output&) {
  pending_ = batch;
  if (rows_.ready(*context_) == tables::readiness::loading) return progress::need_state;
  const time_column times(*batch->column_at(time_column_));
  std::vector<std::uint32_t> on_time;
  for (std::uint32_t i = 0; i < batch->row_count(); ++i) {
    const std::uint32_t row = batch->row_at(i);
    if (!times.is_null(row) && times[row] > watermark_.get()) on_time.push_back(row);
  }
  context_->metrics->late_rows.fetch_add(batch->row_count() - on_time.size(),
                                         std::memory_order_relaxed);
  rows_.apply(*batch, on_time);
  pending_.reset();
  return progress::need_input;
}

result<progress> temporal_sort::resume(output& out) {
  return pending_ ? process(input_id(0), data::batch_ptr(pending_), out) : release(out);
}

result<progress> temporal_sort::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  bound_ = tables::order_key_of(last_tick(time, ticks_per_ms_));
  return release(out);
}

result<progress> temporal_sort::release(output& out) {
  for (bool first = true;; first = false) {
    if (!first && out.full()) return progress::more_output;
    if (rows_.ready(*context_) == tables::readiness::loading) return progress::need_state;
    data::batch_ptr batch = rows_.take_first(context_->batch_rows, bound_);
    if (!batch) return progress::need_input;
    MILLRACE_CHECK(out.emit(std::move(batch)));
  }
}

result<progress> temporal_sort::prepare_barrier(output&) {
  watermark_.save();
  return progress::need_input;
}

}  // namespace millrace::operators
