#include "core/data/record_batch.hpp"

#include "core/base/assert.hpp"

#include <cstring>
#include <numeric>

namespace millrace::data {
namespace {

template <class T>
buffer_ref gathered(const T* from, std::span<const std::uint32_t> rows) {
  if (from == nullptr) return nullptr;
  auto out = buffer::allocate(rows.size() * sizeof(T));
  T* to = out->mutable_as<T>();
  for (std::size_t i = 0; i < rows.size(); ++i) to[i] = from[rows[i]];
  count_copied(rows.size() * sizeof(T));
  return out;
}

std::size_t size_of(const buffer_ref& b) { return b ? b->size() : 0; }

}  // namespace

record_batch::record_batch(std::vector<column_ptr> columns, std::uint32_t stored_rows)
    : columns_(std::move(columns)), stored_rows_(stored_rows) {
  for (const auto& c : columns_) MILLRACE_ASSERT(c->length == stored_rows_);
}

batch_ptr record_batch::with_columns(std::vector<column_ptr> columns) const {
  auto out = std::make_shared<record_batch>(std::move(columns), stored_rows_);
  out->selected_ = selected_;
  out->selection_ = selection_;
  out->kinds_ = kinds_;
  out->hashes_ = hashes_;
  return out;
}

batch_ptr record_batch::with_selection(buffer_ref selection, std::uint32_t count) const {
  auto out = std::make_shared<record_batch>(*this);
  out->selection_ = std::move(selection);
  out->selected_ = count;
  return out;
}

batch_ptr record_batch::with_kinds(buffer_ref kinds) const {
  auto out = std::make_shared<record_batch>(*this);
  out->kinds_ = std::move(kinds);
  return out;
}

batch_ptr record_batch::with_hashes(buffer_ref hashes) const {
  auto out = std::make_shared<record_batch>(*this);
  out->hashes_ = std::move(hashes);
  return out;
}

std::size_t record_batch::byte_size() const {
  std::size_t sum = size_of(selection_) + size_of(kinds_) + size_of(hashes_);
  for (const auto& c : columns_) sum += data::byte_size(*c);
  return sum;
}

batch_ptr compacted(const batch_ptr& batch) {
  return batch->selected() ? take(*batch, batch->selection()) : batch;
}

batch_ptr live_slice(const batch_ptr& batch, std::uint32_t begin, std::uint32_t count) {
  MILLRACE_ASSERT(begin <= batch->row_count() && count <= batch->row_count() - begin);
  if (count == batch->row_count()) return batch;
  auto selection = buffer::allocate(count * sizeof(std::uint32_t));
  auto* rows = selection->mutable_as<std::uint32_t>();
  if (batch->selected())
    std::memcpy(rows, batch->selection().data() + begin, count * sizeof(std::uint32_t));
  else
    std::iota(rows, rows + count, begin);
  return batch->with_selection(std::move(selection), count);
}

batch_ptr take(const record_batch& batch, std::span<const std::uint32_t> rows) {
  std::vector<column_ptr> columns;
  columns.reserve(batch.columns().size());
  for (const auto& c : batch.columns()) columns.push_back(take(*c, rows));
  batch_ptr out = std::make_shared<const record_batch>(std::move(columns),
                                                       static_cast<std::uint32_t>(rows.size()));
  if (auto kinds = gathered(batch.kinds(), rows)) out = out->with_kinds(std::move(kinds));
  if (auto hashes = gathered(batch.hashes(), rows)) out = out->with_hashes(std::move(hashes));
  return out;
}

}  // namespace millrace::data
