#include "core/operators/windowed_input.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/time_column.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

const data::data_type end_type(data::type_id::bigint, false);
const data::data_type mark_type(data::type_id::integer, false);

std::vector<data::data_type> with_window(std::vector<data::data_type> types) {
  types.push_back(end_type);
  types.push_back(mark_type);
  return types;
}

}  // namespace

windowed_input::windowed_input(settings s, const operator_inputs& inputs)
    : settings_(std::move(s)),
      input_(inputs, settings_.input, settings_.keys),
      encoder_(with_window(input_.types())) {}

result<void> windowed_input::open(const operator_context& context) {
  if (settings_.local_zone) {
    MILLRACE_TRY(axis_, window_axis::local(context.eval.time_zone));
  }
  return {};
}

bool windowed_input::has_null_key(const data::record_batch& batch, std::uint32_t row) const {
  return std::ranges::any_of(settings_.keys,
                             [&](std::uint32_t k) { return batch.column_at(k)->is_null(row); });
}

void windowed_input::pick_rows(const data::record_batch& batch, timestamp_ms watermark) {
  const time_column window_ends(*batch.column_at(settings_.end_column));
  data::column_builder ends(end_type, batch.stored_rows());
  data::column_builder marks(mark_type, batch.stored_rows());
  auto* end = ends.extend<std::int64_t>(batch.stored_rows());
  auto* mark = marks.extend<std::int32_t>(batch.stored_rows());
  rows_.clear();
  closes_.clear();
  late_ = 0;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    const bool alone = !settings_.null_keys_meet && has_null_key(batch, row);
    end[row] = window_ends[row];
    mark[row] = alone ? static_cast<std::int32_t>(settings_.input) + 1 : 0;
    const timestamp_ms closes = axis_.to_utc(end[row] - 1);
    if (closes <= watermark) {
      ++late_;
      continue;
    }
    if (alone && settings_.drop_null_keys) continue;
    rows_.push_back(row);
    closes_.push_back(closes);
  }
  ends_ = ends.finish();
  marks_ = marks.finish();
}

tables::readiness windowed_input::load(const data::record_batch& batch, timestamp_ms watermark,
                                       operator_context& context) {
  pick_rows(batch, watermark);
  input_.hash(batch);
  const sub_key_hasher below(context.max_parallelism);
  hashes_.resize(batch.stored_rows());
  const auto* end = ends_->data<std::int64_t>();
  for (const std::uint32_t row : rows_)
    hashes_[row] = below(input_.hashes()[row], static_cast<std::uint64_t>(end[row]));
  std::vector<data::column_ptr> columns;
  for (const std::uint32_t k : settings_.keys) columns.push_back(batch.column_at(k));
  columns.push_back(ends_);
  columns.push_back(marks_);
  encoder_.encode_columns(columns, rows_, hashes_.data(), keys_);
  return context.tables->prefetch(keys_.hash_span());
}

}  // namespace millrace::operators
