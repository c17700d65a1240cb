#pragma once

#include "core/connectors/source.hpp"
#include "core/data/record_batch.hpp"
#include "core/tables/key_codec.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::connectors::lookup {

/// A bounded table read whole, filtered and projected, with an index over its key columns. Rows of
/// one key are chained in the table's order. Built once, then only read.
class lookup_table {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// Reads the table as `spec` says on the calling thread. Errors: those of the connector, 2032 if
  /// the table is not bounded.
  [[nodiscard]] static result<lookup_table> load(const plan::lookup_join_spec& spec,
                                                 const option_map& session,
                                                 operators::operator_context& context);

  /// The first row of a key, or `none`.
  [[nodiscard]] std::uint32_t first(const tables::key_view& key) const {
    std::uint32_t row = heads_[key.hash & mask_];
    while (row != none && !(keys_.view(row) == key)) row = next_[row];
    return row;
  }
  /// The next row of the same key.
  [[nodiscard]] std::uint32_t next(std::uint32_t row, const tables::key_view& key) const {
    row = next_[row];
    while (row != none && !(keys_.view(row) == key)) row = next_[row];
    return row;
  }
  /// The columns of the join's right side; the row behind the last is all NULL.
  [[nodiscard]] const data::record_batch& rows() const { return *rows_; }
  [[nodiscard]] std::uint32_t null_row() const { return rows_->stored_rows() - 1; }

 private:
  void index(std::span<const std::uint32_t> key_columns);

  data::batch_ptr rows_;
  data::buffer_ref hashes_;
  tables::key_batch keys_;
  std::uint64_t mask_ = 0;
  std::vector<std::uint32_t> heads_;
  std::vector<std::uint32_t> next_;
};

}  // namespace millrace::connectors::lookup
