#include "core/operators/window/slice_rows.hpp"

#include "core/operators/live_rows.hpp"
#include "core/operators/time_column.hpp"
#include "core/operators/time_extent.hpp"

namespace millrace::operators {
namespace {

// Times that slices can be computed of; what a filter left behind may be any.
constexpr timestamp_ms far = timestamp_ms{1} << 60;

data::column_ptr bigint_column(std::shared_ptr<data::buffer> values, std::uint32_t rows) {
  auto c = std::make_shared<data::column>();
  c->type = data::data_type(data::type_id::bigint, false);
  c->length = rows;
  c->values = std::move(values);
  return c;
}

}  // namespace

slice_rows::slice_rows(const window_shape& shape, const operator_inputs& inputs)
    : shape_(shape), input_(inputs, 0, shape.spec.groups) {}

void slice_rows::open(operator_context& context, stored_watermark& watermark) {
  context_ = &context;
  watermark_ = &watermark;
}

void slice_rows::assign(const data::record_batch& batch, bool fold) {
  rows_.clear();
  grouped_ = false;
  hashes_.resize(batch.stored_rows());
  slice_ends_ = data::buffer::allocate(batch.stored_rows() * sizeof(std::int64_t));
  const auto slice = slice_of_all(batch);
  if (slice && fold && assign_groups(batch, *slice)) return;
  input_.hash(batch);
  if (!slice) return assign_each(batch);
  rows_ = live_rows(batch);
  assign_all(*slice);
}

void slice_rows::assign_each(const data::record_batch& batch) {
  if (!shape_.slices)
    assign_columns(batch);
  else if (shape_.global())
    assign_slices(batch);
  else if (shape_.by_clock())
    assign_now(batch);
  else
    assign_times(batch);
}

slice_rows::target slice_rows::target_of(timestamp_ms time) const {
  const window_slices& slices = *shape_.slices;
  target where;
  where.slice = slices.slice_of(time);
  where.end = where.slice;
  where.begin = where.slice - slices.width();
  const timestamp_ms last = slices.last_window(where.slice);
  where.homeless = last < slices.first_window(where.slice);
  if (shape_.by_clock()) return where;
  where.late = shape_.axis.closed(last, watermark_->get());
  // A cumulative slice that has fired is part of the first one since.
  if (slices.cumulative() && shape_.axis.closed(where.slice, watermark_->get()))
    where.slice = slices.first_slice(where.slice);
  return where;
}

void slice_rows::put(std::uint32_t row, timestamp_ms slice) {
  slice_ends_->mutable_as<std::int64_t>()[row] = slice;
  hashes_[row] = shape_.hasher(input_.hashes()[row], static_cast<std::uint64_t>(slice));
}

void slice_rows::keep(std::uint32_t row, const target& where, std::uint64_t rows) {
  if (where.late || where.homeless) {
    if (where.late) context_->metrics->late_rows.fetch_add(rows, std::memory_order_relaxed);
    return;
  }
  rows_.push_back(row);
  put(row, where.slice);
}

// The usual batch: all its times lie in one slice that is open. All stored rows are tried first:
// that is a plain loop.
std::optional<timestamp_ms> slice_rows::slice_of_all(const data::record_batch& batch) const {
  if (!shape_.slices || shape_.global() || shape_.by_clock() || shape_.spec.window->local_zone ||
      batch.row_count() == 0)
    return std::nullopt;
  const time_column times(*batch.column_at(shape_.spec.window->time_column));
  const timestamp_ms* time = times.flat_ms();
  if (time == nullptr) return std::nullopt;
  const auto stored = extent_of(time, batch.stored_rows());
  const auto of_stored = one_slice(stored.least, stored.most);
  if (of_stored || !batch.selected()) return of_stored;
  time_extent live;
  for (const std::uint32_t row : batch.selection()) live.add(time[row]);
  return one_slice(live.least, live.most);
}

std::optional<timestamp_ms> slice_rows::one_slice(timestamp_ms least, timestamp_ms most) const {
  if (least < -far || most > far) return std::nullopt;
  const target where = target_of(least);
  if (most >= where.end || where.late || where.homeless) return std::nullopt;
  return where.slice;
}

// One row stands for all of its group.
bool slice_rows::assign_groups(const data::record_batch& batch, timestamp_ms slice) {
  if (!groups_.find(batch, shape_.spec.groups)) return false;
  grouped_ = true;
  input_.hash(*groups_.first_of_each(batch));
  rows_.assign(groups_.first_rows().begin(), groups_.first_rows().end());
  assign_all(slice);
  return true;
}

void slice_rows::assign_all(timestamp_ms slice) {
  for (const std::uint32_t row : rows_) put(row, slice);
}

void slice_rows::assign_now(const data::record_batch& batch) {
  const target where = target_of(shape_.axis.of_utc(context_->time->now()));
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) keep(batch.row_at(i), where);
}

// Neighbours mostly lie in one slice, so only the first one is divided.
void slice_rows::assign_times(const data::record_batch& batch) {
  const time_column times(*batch.column_at(shape_.spec.window->time_column));
  target where;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    if (times.is_null(row)) continue;
    const timestamp_ms time = shape_.axis.of_utc(times[row]);
    if (time < where.begin || time >= where.end) where = target_of(time);
    keep(row, where);
  }
}

void slice_rows::assign_columns(const data::record_batch& batch) {
  const time_column ends(*batch.column_at(shape_.spec.end_column));
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    if (ends.is_null(row)) continue;
    target where;
    where.slice = ends[row];
    where.late = shape_.axis.closed(where.slice, watermark_->get());
    keep(row, where);
  }
}

// Each row is the partial state of a slice, and says how many rows it stands for.
void slice_rows::assign_slices(const data::record_batch& batch) {
  const std::size_t first = shape_.spec.groups.size() + shape_.spec.calls.size();
  const auto& ends = *batch.column_at(first);
  const auto& counts = *batch.column_at(first + 1);
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    keep(row, target_of(ends.value<std::int64_t>(row) - 1),
         static_cast<std::uint64_t>(counts.value<std::int64_t>(row)));
  }
}

void slice_rows::encode_slices(const data::record_batch& batch, tables::key_encoder& encoder,
                               tables::key_batch& out) const {
  std::vector<data::column_ptr> columns = {bigint_column(slice_ends_, batch.stored_rows())};
  for (const std::uint32_t g : shape_.spec.groups) columns.push_back(batch.column_at(g));
  encoder.encode_columns(columns, rows_, hashes_.data(), out);
}

timestamp_ms slice_rows::first_open_window(timestamp_ms slice) const {
  if (!shape_.slices) return slice;
  timestamp_ms window = shape_.slices->first_window(slice);
  if (shape_.by_clock()) return window;
  while (shape_.axis.closed(window, watermark_->get())) window = shape_.slices->next_window(window);
  return window;
}

}  // namespace millrace::operators
