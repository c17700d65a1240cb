#pragma once

#include "core/data/change_kind.hpp"
#include "core/data/record_batch.hpp"
#include "core/tables/row_codec.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// Changes of encoded rows on their way out; decoded column by column. Owned by an operator, empty
/// between its calls.
class row_events {
 public:
  /// `row` must stay where it is until `finish`.
  void add(std::string_view row, data::change_kind kind) {
    rows_.push_back(row);
    kinds_.push_back(kind);
  }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(rows_.size()); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// All changes as one batch: the codec's columns, then `appended` (a row per change).
  [[nodiscard]] data::batch_ptr finish(const tables::row_codec& codec,
                                       std::vector<data::column_ptr> appended = {});

 private:
  std::vector<std::string_view> rows_;
  std::vector<data::change_kind> kinds_;
};

/// The batch with these change kinds; without any when all are +I.
[[nodiscard]] data::batch_ptr with_kinds(data::batch_ptr batch,
                                         std::span<const data::change_kind> kinds);

}  // namespace millrace::operators
