#include "core/operators/window/session_assign.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/window/window_columns.hpp"

#include <string>

namespace millrace::operators {

using property = plan::window_aggregate_spec::property;

session_assign::session_assign(plan::window_assign_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      index_(inputs, spec_.window, spec_.partition),
      output_types_(types_of(inputs.node.columns)),
      codec_(types_of(inputs.inputs[0])) {}

result<void> session_assign::open(operator_context& context) {
  context_ = &context;
  MILLRACE_CHECK(index_.open(context));
  auto spec = state_spec("rows", index_.session_key_types());
  spec.value_types = codec_.types();
  table_ = &context.tables->open_list(std::move(spec));
  return {};
}

result<progress> session_assign::process(input_id, const data::batch_ptr& batch, output&) {
  pending_ = batch;
  return absorb();
}

result<progress> session_assign::absorb() {
  const data::record_batch& batch = *pending_;
  if (index_.assign(batch) == tables::readiness::loading) return progress::need_state;
  const auto& rows = index_.rows();
  if (!rows.empty()) {
    index_.encode(batch, keys_);
    handles_.resize(rows.size());
    table_->locate_or_insert(keys_, handles_);
    encoded_.clear();
    codec_.encode(batch, rows, encoded_);
    for (std::size_t i = 0; i < rows.size(); ++i) table_->append(handles_[i], encoded_[i]);
    merge_sessions(batch);
  }
  pending_.reset();
  return progress::need_input;
}

void session_assign::merge_sessions(const data::record_batch& batch) {
  const std::size_t count = index_.merges().size();
  if (count == 0) return;
  tables::key_batch from_keys;
  tables::key_batch into_keys;
  index_.encode_merges(batch, false, from_keys);
  index_.encode_merges(batch, true, into_keys);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto from = table_->locate(from_keys.view(i));
    if (!from) continue;
    std::vector<std::string> moved;
    for (auto at = table_->rows(from); at.valid(); at.next()) moved.emplace_back(at.row());
    table_->clear(from);
    const auto into = table_->locate_or_insert(into_keys.view(i));
    for (const auto& row : moved) table_->append(into, row);
  }
}

result<progress> session_assign::resume(output& out) { return pending_ ? absorb() : fire(out); }

result<progress> session_assign::on_watermark(timestamp_ms time, output& out) {
  if (spec_.window.processing_time && time != max_watermark) return progress::need_input;
  index_.advance(time);
  return fire(out);
}

result<progress> session_assign::on_processing_time(timestamp_ms now, output& out) {
  if (!spec_.window.processing_time) return progress::need_input;
  index_.advance(now);
  return fire(out);
}

result<progress> session_assign::prepare_barrier(output&) {
  index_.save();
  return progress::need_input;
}

result<progress> session_assign::fire(output& out) {
  return work_through(outbox_, out, [&]() -> result<piece> {
    if (!index_.more_due()) return piece::none_left;
    if (index_.close_due(context_->batch_rows) == tables::readiness::loading)
      return piece::need_state;
    emit_closed();
    return piece::done;
  });
}

void session_assign::emit_closed() {
  const auto& closed = index_.closed();
  index_.encode_closed(keys_);
  std::vector<std::string_view> rows;
  std::vector<timestamp_ms> starts;
  for (std::uint32_t i = 0; i < closed.ids.size(); ++i) {
    const auto session = table_->locate(keys_.view(i));
    for (auto at = table_->rows(session); at.valid(); at.next()) {
      rows.push_back(at.row());
      starts.push_back(closed.starts[i]);
    }
  }
  data::batch_builder made(output_types_, static_cast<std::uint32_t>(rows.size()));
  codec_.decode(rows, made);
  const std::size_t width = codec_.types().size();
  const timestamp_ms now = context_->time->now();
  for (std::size_t p = 0; p < 3; ++p) {
    auto& column = made.column_at(width + p);
    for (const timestamp_ms start : starts)
      append_time(column, property_value(static_cast<property>(p), {start, closed.end},
                                         column.type(), index_.axis(), now));
  }
  made.end_rows(static_cast<std::uint32_t>(rows.size()));
  outbox_.put_split(made.finish(), context_->batch_rows);
  for (std::uint32_t i = 0; i < closed.ids.size(); ++i)
    if (const auto session = table_->locate(keys_.view(i))) table_->clear(session);
}

}  // namespace millrace::operators
