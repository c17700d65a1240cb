#pragma once

#include "core/data/record_batch.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace millrace::operators {

/// A batch at rest, in less memory than it takes on its way: the selection as bits, and 64-bit
/// integers that lie close together (times, ids) as differences from the least. A page that is
/// touched for the first time costs as much as computing a thousand rows.
///
/// Only columns that nobody else holds are packed: sharing one is cheaper still.
class packed_batch {
 public:
  /// `as_it_is`, if set, is a column that stays readable by `column_at`.
  packed_batch(const data::record_batch& batch, std::optional<std::uint32_t> as_it_is);

  /// Packs the columns that others have let go of since: a neighbour that was still at work on the
  /// batch. Gives the bytes that this saved.
  std::size_t pack_rest();

  /// The batch again, without hashes.
  [[nodiscard]] data::batch_ptr unpacked() const;
  [[nodiscard]] std::uint32_t stored_rows() const { return stored_rows_; }
  /// Null if the column is packed.
  [[nodiscard]] const data::column_ptr& column_at(std::uint32_t i) const { return columns_[i]; }
  /// Of all that it keeps alive, shared columns included.
  [[nodiscard]] std::size_t byte_size() const;

 private:
  struct integers {
    std::uint32_t column;
    data::data_type type;
    data::buffer_ref validity;
    std::int64_t least;
    std::uint32_t width;  // bytes of a difference: 1, 2 or 4
    data::buffer_ref differences;
  };
  [[nodiscard]] bool pack(const data::column_ptr& column, std::uint32_t index);

  std::uint32_t stored_rows_;
  std::optional<std::uint32_t> as_it_is_;
  std::vector<data::column_ptr> columns_;
  std::vector<integers> packed_;
  data::buffer_ref live_;  // bits, null: all
  data::buffer_ref kinds_;
};

}  // namespace millrace::operators
