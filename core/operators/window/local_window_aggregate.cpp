#include "core/operators/window/local_window_aggregate.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

// Beyond that the table leaves the caches, and folding saves less than it costs.
constexpr std::size_t most_groups = 64 * 1024;
constexpr std::size_t most_bytes = 32 << 20;

// A payload begins with how many rows it stands for.
std::int64_t& rows_of(char* payload) { return *reinterpret_cast<std::int64_t*>(payload); }

std::vector<data::data_type> slice_key_types(const std::vector<data::data_type>& groups) {
  std::vector<data::data_type> types = {data::data_type(data::type_id::bigint, false)};
  types.insert(types.end(), groups.begin(), groups.end());
  return types;
}

}  // namespace

local_window_aggregate::local_window_aggregate(plan::window_aggregate_spec spec,
                                               const operator_inputs& inputs)
    : spec_(std::move(spec)),
      input_(inputs, 0, spec_.groups),
      calls_(spec_.calls),
      output_types_(types_of(inputs.node.columns)),
      slices_(*spec_.window),
      encoder_(slice_key_types(input_.types())) {}

result<void> local_window_aggregate::open(operator_context& context) {
  context_ = &context;
  hasher_ = sub_key_hasher(context.max_parallelism);
  if (spec_.window->local_zone) {
    MILLRACE_TRY(axis_, window_axis::local(context.eval.time_zone));
  }
  tables::table_context tables;
  tables.budget = context.budget;
  tables.time = context.time;
  tables.range.count = tables.range.max_parallelism = context.max_parallelism;
  scratch_ = std::make_unique<tables::table_set>(tables);
  auto spec = state_spec("slices", slice_key_types(input_.types()));
  spec.slots = {tables::slot_spec::bytes(8)};
  calls_.append_slots(spec.slots);
  table_ = &scratch_->open_hash(std::move(spec));
  for (const auto& type : output_types_) columns_.emplace_back(type);
  return {};
}

result<progress> local_window_aggregate::process(input_id, const data::batch_ptr& batch,
                                                 output& out) {
  input_.hash(*batch);
  assign(*batch);
  if (!rows_.empty()) MILLRACE_CHECK(fold(*batch));
  if (is_full() || axis_.closed(first_slice_, watermark_)) return flush(out);
  return progress::need_input;
}

result<progress> local_window_aggregate::on_watermark(timestamp_ms time, output& out) {
  watermark_ = time;
  if (groups_.empty() || !axis_.closed(first_slice_, watermark_)) return progress::need_input;
  return flush(out);
}

// Neighbours mostly lie in one slice, so only the first one is divided. A row without a time
// belongs to no window.
void local_window_aggregate::assign(const data::record_batch& batch) {
  rows_.clear();
  hashes_.resize(batch.stored_rows());
  slice_ends_ = data::buffer::allocate(batch.stored_rows() * sizeof(std::int64_t));
  auto* ends = slice_ends_->mutable_as<std::int64_t>();
  const time_column times(*batch.column_at(spec_.window->time_column));
  timestamp_ms slice = min_watermark;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    if (times.is_null(row)) continue;
    const timestamp_ms time = axis_.of_utc(times[row]);
    if (time >= slice || time < slice - slices_.width()) slice = slices_.slice_of(time);
    rows_.push_back(row);
    ends[row] = slice;
    hashes_[row] = hasher_(input_.hashes()[row], static_cast<std::uint64_t>(slice));
    first_slice_ = std::min(first_slice_, slice);
  }
}

result<void> local_window_aggregate::fold(const data::record_batch& batch) {
  auto ends = std::make_shared<data::column>();
  ends->type = encoder_.layout().types[0];
  ends->length = batch.stored_rows();
  ends->values = slice_ends_;
  std::vector<data::column_ptr> keys = {std::move(ends)};
  for (const std::uint32_t g : spec_.groups) keys.push_back(batch.column_at(g));
  encoder_.encode_columns(keys, rows_, hashes_.data(), keys_);
  payloads_.resize(rows_.size());
  inserted_.resize(rows_.size());
  table_->find_or_insert(keys_, payloads_, inserted_);
  note_new(batch);
  const bool all = rows_.size() == batch.stored_rows();
  const auto count = static_cast<std::uint32_t>(rows_.size());
  return calls_.update(
      batch, {{batch.stored_rows(), all ? nullptr : rows_.data(), count}, payloads_}, *table_);
}

void local_window_aggregate::note_new(const data::record_batch& batch) {
  std::vector<std::uint32_t> first_rows;
  auto& slice_ends = columns_[columns_.size() - 2];
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    ++rows_of(payloads_[i]);
    if (inserted_[i] == 0) continue;
    groups_.push_back(payloads_[i]);
    first_rows.push_back(rows_[i]);
    slice_ends.append(slice_ends_->as<std::int64_t>()[rows_[i]]);
  }
  for (std::size_t k = 0; k < spec_.groups.size(); ++k)
    columns_[k].append_rows(*batch.column_at(spec_.groups[k]), first_rows);
}

bool local_window_aggregate::is_full() const {
  return groups_.size() >= most_groups || scratch_->memory_bytes() >= most_bytes;
}

result<progress> local_window_aggregate::flush(output& out) {
  if (groups_.empty()) return outbox_.drain(out);
  for (std::size_t c = 0; c < calls_.size(); ++c)
    calls_.write_states(c, groups_, columns_[spec_.groups.size() + c]);
  for (char* group : groups_) columns_.back().append(rows_of(group));
  std::vector<data::column_ptr> made;
  for (auto& column : columns_) made.push_back(column.finish());
  outbox_.put_split(std::make_shared<const data::record_batch>(
                        std::move(made), static_cast<std::uint32_t>(groups_.size())),
                    context_->batch_rows);
  table_->clear();
  groups_.clear();
  first_slice_ = max_watermark;
  return outbox_.drain(out);
}

}  // namespace millrace::operators
