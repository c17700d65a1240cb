#pragma once

#include "core/data/record_batch.hpp"

#include <cstdint>
#include <numeric>
#include <vector>

namespace millrace::operators {

/// The stored indices of a batch's live rows.
[[nodiscard]] inline std::vector<std::uint32_t> live_rows(const data::record_batch& batch) {
  if (batch.selected()) return {batch.selection().begin(), batch.selection().end()};
  std::vector<std::uint32_t> rows(batch.row_count());
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

}  // namespace millrace::operators
