#pragma once

#include "core/base/clock.hpp"
#include "core/data/column.hpp"

#include <cstdint>

namespace millrace::operators {

/// Ticks to milliseconds, rounding down.
[[nodiscard]] inline timestamp_ms ticks_to_ms(std::int64_t ticks, std::int64_t ticks_per_ms) {
  const std::int64_t ms = ticks / ticks_per_ms;
  return ms * ticks_per_ms > ticks ? ms - 1 : ms;
}

/// Reads a TIMESTAMP or TIMESTAMP_LTZ column as milliseconds, whatever its precision and encoding.
/// Valid as long as the column.
class time_column {
 public:
  explicit time_column(const data::column& c)
      : column_(&c),
        store_(c.layout == data::encoding::dictionary ? c.children[0].get() : &c),
        flat_(c.layout == data::encoding::flat),
        per_ms_(data::ticks_per_second(c.type.precision()) / 1000) {}

  [[nodiscard]] bool is_null(std::uint32_t row) const { return column_->is_null(row); }
  [[nodiscard]] timestamp_ms operator[](std::uint32_t row) const {
    const std::int64_t ticks = store_->data<std::int64_t>()[flat_ ? row : column_->index(row)];
    return per_ms_ == 1 ? ticks : ticks_to_ms(ticks, per_ms_);
  }
  /// The milliseconds as they lie in the column; null where they must be computed or one is NULL.
  [[nodiscard]] const timestamp_ms* flat_ms() const {
    return flat_ && per_ms_ == 1 && !column_->may_have_nulls() ? store_->data<std::int64_t>()
                                                               : nullptr;
  }

 private:
  const data::column* column_;
  const data::column* store_;
  bool flat_;
  std::int64_t per_ms_;
};

}  // namespace millrace::operators
