#include "core/operators/window/window_aggregate.hpp"

#include "core/operators/column_types.hpp"

namespace millrace::operators {
namespace {

window_shape shape_of(plan::window_aggregate_spec spec) {
  window_shape shape;
  if (spec.window) shape.slices.emplace(*spec.window);
  shape.spec = std::move(spec);
  return shape;
}

}  // namespace

window_aggregate::window_aggregate(plan::window_aggregate_spec spec, const operator_inputs& inputs)
    : shape_(shape_of(std::move(spec))),
      output_types_(types_of(inputs.node.columns)),
      rows_(shape_, inputs),
      table_(shape_, types_of(inputs.inputs[0], shape_.spec.groups), types_of(inputs.inputs[0])),
      due_(types_of(inputs.inputs[0], shape_.spec.groups)) {}

result<void> window_aggregate::open(operator_context& context) {
  context_ = &context;
  shape_.hasher = sub_key_hasher(context.max_parallelism);
  if (shape_.spec.window ? shape_.spec.window->local_zone : shape_.spec.local_zone) {
    MILLRACE_TRY(shape_.axis, window_axis::local(context.eval.time_zone));
  }
  table_.open(context);
  watermark_.open(context);
  rows_.open(context, watermark_);
  return {};
}

result<progress> window_aggregate::process(input_id, const data::batch_ptr& batch, output&) {
  pending_ = batch;
  rows_.assign(*batch, table_.takes_groups());
  return absorb();
}

result<progress> window_aggregate::absorb() {
  MILLRACE_TRY(const auto readiness, table_.add(*pending_, rows_));
  if (readiness == tables::readiness::loading) return progress::need_state;
  pending_.reset();
  return progress::need_input;
}

result<progress> window_aggregate::resume(output& out) {
  if (!pending_) return fire(out);
  return absorb();
}

result<progress> window_aggregate::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  if (!shape_.by_clock() || time == max_watermark) until_ = time;
  return fire(out);
}

timestamp_ms window_aggregate::next_processing_time() const {
  if (!shape_.by_clock()) return max_watermark;
  const timestamp_ms next = table_.next_time();
  return next == max_watermark ? next : shape_.axis.to_utc(next - 1);
}

result<progress> window_aggregate::on_processing_time(timestamp_ms now, output& out) {
  if (!shape_.by_clock()) return progress::need_input;
  until_ = now;
  return fire(out);
}

result<progress> window_aggregate::prepare_barrier(output&) {
  watermark_.save();
  return progress::need_input;
}

bool window_aggregate::find_due() {
  if (due_.count() != 0) return true;
  const timestamp_ms next = table_.next_time();
  if (next == max_watermark || !shape_.axis.closed(next, until_)) return false;
  table_.pop(due_);
  return true;
}

result<progress> window_aggregate::fire(output& out) {
  while (true) {
    MILLRACE_TRY(const progress drained, outbox_.drain(out));
    if (drained != progress::need_input) return drained;
    if (!find_due()) return progress::need_input;
    if (table_.load(due_) == tables::readiness::loading) return progress::need_state;
    MILLRACE_CHECK(fire_due());
    if (!outbox_.empty() && out.full()) return progress::more_output;
  }
}

result<void> window_aggregate::fire_due() {
  MILLRACE_TRY(auto states, table_.merge(due_));
  MILLRACE_CHECK(emit_windows(std::move(states)));
  table_.drop_done();
  due_.clear();
  return {};
}

result<void> window_aggregate::emit_windows(std::vector<char*> states) {
  std::vector<std::uint32_t> live;
  for (std::uint32_t i = 0; i < states.size(); ++i)
    if (states[i] != nullptr) live.push_back(i);
  if (live.empty()) return {};
  const auto count = static_cast<std::uint32_t>(live.size());
  std::vector<data::column_ptr> columns;
  for (const auto& c : table_.due_columns())
    columns.push_back(count == states.size() ? c : data::take(*c, live));
  std::erase(states, nullptr);
  aggregate_calls& calls = table_.calls();
  for (std::size_t c = 0; c < calls.size(); ++c) {
    data::column_builder values(output_types_[columns.size()], count);
    MILLRACE_CHECK(calls.emit(c, states, values));
    columns.push_back(values.finish());
  }
  for (const auto p : shape_.spec.properties)
    columns.push_back(property_column(p, output_types_[columns.size()], states));
  outbox_.put(std::make_shared<const data::record_batch>(std::move(columns), count));
  return {};
}

data::column_ptr window_aggregate::property_column(plan::window_aggregate_spec::property p,
                                                   const data::data_type& type,
                                                   std::span<char* const> states) const {
  const auto count = static_cast<std::uint32_t>(states.size());
  if (!shape_.slices && p == plan::window_aggregate_spec::property::window_start) {
    data::column_builder starts(type, count);
    for (const char* state : states) append_time(starts, slice_table::start_of(state));
    return starts.finish();
  }
  const timestamp_ms end = due_.time();
  const window_bounds window{shape_.slices ? shape_.slices->window_start(end) : end, end};
  const timestamp_ms value = property_value(p, window, type, shape_.axis, context_->time->now());
  return constant_time(type, value, count);
}

}  // namespace millrace::operators
