#pragma once

#include "core/data/change_kind.hpp"
#include "core/data/column.hpp"

#include <memory>
#include <span>
#include <vector>

namespace millrace::data {

/// Rows per batch unless latency asks for fewer.
inline constexpr std::uint32_t default_batch_rows = 4096;

class record_batch;
using batch_ptr = std::shared_ptr<const record_batch>;

/// An immutable set of columns of one length, with optional change kinds, selection and key hashes.
///
/// *Stored* rows are the columns' rows; *live* rows are those the selection names (all, when it is
/// absent), in its order, which is strictly ascending. Change kinds and hashes are indexed by
/// stored row, like columns. Shared between threads; nothing is ever changed in place.
class record_batch {
 public:
  record_batch(std::vector<column_ptr> columns, std::uint32_t stored_rows);

  [[nodiscard]] std::uint32_t stored_rows() const { return stored_rows_; }
  [[nodiscard]] std::uint32_t row_count() const { return selection_ ? selected_ : stored_rows_; }
  [[nodiscard]] const std::vector<column_ptr>& columns() const { return columns_; }
  [[nodiscard]] const column_ptr& column_at(std::size_t i) const { return columns_[i]; }

  /// Stored indices of the live rows; empty span and `selected() == false` when all are live.
  [[nodiscard]] bool selected() const { return selection_ != nullptr; }
  [[nodiscard]] std::span<const std::uint32_t> selection() const {
    return selection_ ? std::span(selection_->as<std::uint32_t>(), selected_)
                      : std::span<const std::uint32_t>();
  }
  [[nodiscard]] const buffer_ref& selection_buffer() const { return selection_; }
  /// The stored index of the i-th live row.
  [[nodiscard]] std::uint32_t row_at(std::uint32_t i) const {
    return selection_ ? selection_->as<std::uint32_t>()[i] : i;
  }

  /// Null when every row is +I; else one change_kind per stored row.
  [[nodiscard]] const change_kind* kinds() const {
    return kinds_ ? kinds_->as<change_kind>() : nullptr;
  }
  [[nodiscard]] const buffer_ref& kinds_buffer() const { return kinds_; }
  [[nodiscard]] change_kind kind_at(std::uint32_t stored_row) const {
    return kinds_ ? kinds_->as<change_kind>()[stored_row] : change_kind::insert;
  }
  /// Null unless the batch came over a hash exchange; else one XXH3 hash of the exchange's key per
  /// stored row.
  [[nodiscard]] const std::uint64_t* hashes() const {
    return hashes_ ? hashes_->as<std::uint64_t>() : nullptr;
  }
  [[nodiscard]] const buffer_ref& hashes_buffer() const { return hashes_; }

  [[nodiscard]] batch_ptr with_columns(std::vector<column_ptr> columns) const;
  /// `count` entries of ascending stored rows.
  [[nodiscard]] batch_ptr with_selection(buffer_ref selection, std::uint32_t count) const;
  [[nodiscard]] batch_ptr with_kinds(buffer_ref kinds) const;
  [[nodiscard]] batch_ptr with_hashes(buffer_ref hashes) const;

  [[nodiscard]] std::size_t byte_size() const;

 private:
  std::vector<column_ptr> columns_;
  std::uint32_t stored_rows_;
  std::uint32_t selected_ = 0;
  buffer_ref selection_;
  buffer_ref kinds_;
  buffer_ref hashes_;
};

/// The live rows copied together, without selection; the batch itself when there is none.
[[nodiscard]] batch_ptr compacted(const batch_ptr& batch);
/// The live rows [begin, begin + count) as a selection on the same columns: no copy.
[[nodiscard]] batch_ptr live_slice(const batch_ptr& batch, std::uint32_t begin,
                                   std::uint32_t count);
/// Rows `rows` (stored indices, any order) copied to a batch of their own.
[[nodiscard]] batch_ptr take(const record_batch& batch, std::span<const std::uint32_t> rows);

}  // namespace millrace::data
