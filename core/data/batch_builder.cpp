#include "core/base/assert.hpp"
#include "core/data/column_builder.hpp"

#include <cstring>

namespace millrace::data {

batch_builder::batch_builder(const schema& s, std::uint32_t expected_rows) {
  columns_.reserve(s.size());
  for (const auto& f : s.fields) columns_.emplace_back(f.type, expected_rows);
}

batch_builder::batch_builder(std::span<const data_type> types, std::uint32_t expected_rows) {
  columns_.reserve(types.size());
  for (const auto& type : types) columns_.emplace_back(type, expected_rows);
}

std::size_t batch_builder::byte_size() const {
  std::size_t sum = kinds_.size() + hashes_.size() * sizeof(std::uint64_t);
  for (const auto& c : columns_) sum += c.byte_size();
  return sum;
}

// Kinds are stored from the first row on that is not +I. Call before `rows_` moves on.
void batch_builder::note_kind(change_kind kind, std::uint32_t count) {
  if (all_insert_) {
    if (kind == change_kind::insert) return;
    kinds_.assign(rows_, change_kind::insert);
    all_insert_ = false;
  }
  kinds_.insert(kinds_.end(), count, kind);
}

void batch_builder::end_row(change_kind kind) { end_rows(1, kind); }

void batch_builder::end_rows(std::uint32_t count, change_kind kind) {
  note_kind(kind, count);
  rows_ += count;
}

void batch_builder::append_row(const record_batch& source, std::uint32_t stored_row,
                               change_kind kind) {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    columns_[i].append_from(*source.column_at(i), stored_row);
  end_row(kind);
}

void batch_builder::append_rows(const record_batch& source,
                                std::span<const std::uint32_t> stored_rows) {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    columns_[i].append_rows(*source.column_at(i), stored_rows);
  // Once a row came without a hash the two counts differ for good, and `finish` leaves hashes out.
  if (const std::uint64_t* hashes = source.hashes(); hashes != nullptr && hashes_.size() == rows_)
    for (const std::uint32_t row : stored_rows) hashes_.push_back(hashes[row]);
  const auto count = static_cast<std::uint32_t>(stored_rows.size());
  if (const change_kind* kinds = source.kinds(); kinds != nullptr) {
    if (all_insert_) kinds_.assign(rows_, change_kind::insert);
    all_insert_ = false;
    for (const std::uint32_t row : stored_rows) kinds_.push_back(kinds[row]);
    rows_ += count;
  } else {
    end_rows(count);
  }
}

batch_ptr batch_builder::finish() {
  std::vector<column_ptr> columns;
  columns.reserve(columns_.size());
  for (auto& c : columns_) {
    MILLRACE_ASSERT(c.length() == rows_);
    columns.push_back(c.finish());
  }
  batch_ptr out = std::make_shared<const record_batch>(std::move(columns), rows_);
  if (!all_insert_) out = out->with_kinds(buffer::copy_of(std::as_bytes(std::span(kinds_))));
  if (rows_ != 0 && hashes_.size() == rows_)
    out = out->with_hashes(buffer::copy_of(std::as_bytes(std::span(hashes_))));
  rows_ = 0;
  all_insert_ = true;
  kinds_.clear();
  hashes_.clear();
  return out;
}

}  // namespace millrace::data
