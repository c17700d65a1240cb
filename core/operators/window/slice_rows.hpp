#pragma once

#include "core/operators/aggregate/batch_groups.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/operators/window/window_shape.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace millrace::operators {

/// Which slice each row of one batch belongs to. A row is late, counted and left out when all its
/// windows have closed; a row without a time, or in a gap between windows, belongs to none.
class slice_rows {
 public:
  slice_rows(const window_shape& shape, const operator_inputs& inputs);
  void open(operator_context& context, stored_watermark& watermark);

  /// Assigns the rows of a batch. `fold`: where one slice takes all of them, only the first row of
  /// each group is kept, and `grouped` tells so.
  void assign(const data::record_batch& batch, bool fold);
  /// Stored rows that have a slice.
  [[nodiscard]] const std::vector<std::uint32_t>& rows() const { return rows_; }
  [[nodiscard]] bool grouped() const { return grouped_; }
  [[nodiscard]] batch_groups& groups() { return groups_; }
  /// End of the slice of a row that has one.
  [[nodiscard]] timestamp_ms slice_of(std::uint32_t row) const {
    return slice_ends_->as<std::int64_t>()[row];
  }
  /// Keys (slice end, group), one per row of `rows`.
  void encode_slices(const data::record_batch& batch, tables::key_encoder& encoder,
                     tables::key_batch& out) const;
  /// Keys of the groups of some rows.
  void encode_groups(const data::record_batch& batch, std::span<const std::uint32_t> rows,
                     tables::key_batch& out) {
    input_.encode(batch, rows, out);
  }
  /// The end of the first window that will still show a slice.
  [[nodiscard]] timestamp_ms first_open_window(timestamp_ms slice) const;

 private:
  // Where the rows of one stretch of time go.
  struct target {
    timestamp_ms begin = 0;  // the times [begin, end)
    timestamp_ms end = 0;
    timestamp_ms slice = 0;
    bool late = false;
    bool homeless = false;  // in a gap between windows
  };
  [[nodiscard]] std::optional<timestamp_ms> slice_of_all(const data::record_batch& batch) const;
  [[nodiscard]] std::optional<timestamp_ms> one_slice(timestamp_ms least, timestamp_ms most) const;
  [[nodiscard]] bool assign_groups(const data::record_batch& batch, timestamp_ms slice);
  void assign_all(timestamp_ms slice);
  void assign_each(const data::record_batch& batch);
  void assign_now(const data::record_batch& batch);
  void assign_times(const data::record_batch& batch);
  void assign_columns(const data::record_batch& batch);
  void assign_slices(const data::record_batch& batch);
  [[nodiscard]] target target_of(timestamp_ms time) const;
  void keep(std::uint32_t row, const target& where, std::uint64_t rows = 1);
  void put(std::uint32_t row, timestamp_ms slice);

  const window_shape& shape_;
  keyed_input input_;
  operator_context* context_ = nullptr;
  stored_watermark* watermark_ = nullptr;
  std::vector<std::uint32_t> rows_;
  batch_groups groups_;
  bool grouped_ = false;
  std::shared_ptr<data::buffer> slice_ends_;  // a BIGINT per stored row
  std::vector<std::uint64_t> hashes_;         // of (slice end, group), per stored row
};

}  // namespace millrace::operators
