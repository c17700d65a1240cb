#include "core/operators/window/session_aggregate.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/window/window_columns.hpp"

namespace millrace::operators {

session_aggregate::session_aggregate(plan::window_aggregate_spec spec,
                                     const operator_inputs& inputs)
    : spec_(std::move(spec)),
      index_(inputs, *spec_.window, spec_.groups),
      output_types_(types_of(inputs.node.columns)),
      calls_(spec_.calls),
      distinct_(calls_, types_of(inputs.inputs[0])) {}

result<void> session_aggregate::open(operator_context& context) {
  context_ = &context;
  MILLRACE_CHECK(index_.open(context));
  auto spec = state_spec("sessions", index_.session_key_types());
  calls_.append_slots(spec.slots);
  table_ = &context.tables->open_hash(std::move(spec));
  distinct_.open(index_.session_key_types(), *context.tables);
  return {};
}

result<progress> session_aggregate::process(input_id, const data::batch_ptr& batch, output&) {
  pending_ = batch;
  return absorb();
}

result<progress> session_aggregate::absorb() {
  const data::record_batch& batch = *pending_;
  if (index_.assign(batch) == tables::readiness::loading) return progress::need_state;
  const auto& rows = index_.rows();
  if (!rows.empty()) {
    index_.encode(batch, keys_);
    payloads_.resize(rows.size());
    inserted_.resize(rows.size());
    table_->find_or_insert(keys_, payloads_, inserted_);
    const expr::row_set fed{batch.stored_rows(), rows.data(),
                            static_cast<std::uint32_t>(rows.size())};
    MILLRACE_CHECK(calls_.update(batch, {fed, payloads_}, *table_));
    distinct_.add(batch, rows, keys_, calls_);
    merge_sessions(batch);
  }
  pending_.reset();
  return progress::need_input;
}

void session_aggregate::merge_sessions(const data::record_batch& batch) {
  const std::size_t count = index_.merges().size();
  if (count == 0) return;
  tables::key_batch from_keys;
  tables::key_batch into_keys;
  index_.encode_merges(batch, false, from_keys);
  index_.encode_merges(batch, true, into_keys);
  // One after the other: a session that has just been merged may be merged again.
  for (std::uint32_t i = 0; i < count; ++i) {
    char* from = table_->find_mutable(from_keys.view(i));
    char* into = table_->find_or_insert(into_keys.view(i));
    if (from == nullptr) continue;
    calls_.merge(into, table_->heap_of(into), from);
    distinct_.merge(into, from, *table_);
    distinct_.clear(from, *table_);
    table_->erase(from);
  }
}

result<progress> session_aggregate::resume(output& out) { return pending_ ? absorb() : fire(out); }

result<progress> session_aggregate::on_watermark(timestamp_ms time, output& out) {
  if (spec_.window->processing_time && time != max_watermark) return progress::need_input;
  index_.advance(time);
  return fire(out);
}

result<progress> session_aggregate::on_processing_time(timestamp_ms now, output& out) {
  if (!spec_.window->processing_time) return progress::need_input;
  index_.advance(now);
  return fire(out);
}

result<progress> session_aggregate::prepare_barrier(output&) {
  index_.save();
  return progress::need_input;
}

result<progress> session_aggregate::fire(output& out) {
  return work_through(outbox_, out, [&]() -> result<piece> {
    if (!index_.more_due()) return piece::none_left;
    if (index_.close_due(context_->batch_rows) == tables::readiness::loading)
      return piece::need_state;
    MILLRACE_CHECK(emit_closed());
    return piece::done;
  });
}

result<void> session_aggregate::emit_closed() {
  const auto& closed = index_.closed();
  const auto count = static_cast<std::uint32_t>(closed.ids.size());
  if (count == 0) return {};
  index_.encode_closed(keys_);
  payloads_.resize(count);
  inserted_.resize(count);
  table_->find_or_insert(keys_, payloads_, inserted_);
  for (char*& payload : payloads_)
    MILLRACE_CHECK(distinct_.feed(std::span(&payload, 1), payload, calls_, *table_, nullptr));
  std::vector<data::column_ptr> columns = closed.keys;
  for (std::size_t c = 0; c < calls_.size(); ++c) {
    data::column_builder values(output_types_[columns.size()], count);
    MILLRACE_CHECK(calls_.emit(c, payloads_, values));
    columns.push_back(values.finish());
  }
  const timestamp_ms now = context_->time->now();
  for (const auto p : spec_.properties) {
    data::column_builder values(output_types_[columns.size()], count);
    for (const timestamp_ms start : closed.starts)
      append_time(values,
                  property_value(p, {start, closed.end}, values.type(), index_.axis(), now));
    columns.push_back(values.finish());
  }
  outbox_.put(std::make_shared<const data::record_batch>(std::move(columns), count));
  for (char* payload : payloads_) {
    distinct_.clear(payload, *table_);
    table_->erase(payload);
  }
  return {};
}

}  // namespace millrace::operators
