#pragma once

#include "core/plan/logical/logical_plan.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace millrace::plan {

/// Which rows a scan may leave out, because its reader does: those that fail `filter` (the
/// conjuncts of a filter right above, over the scan's columns; may be null), and those behind the
/// first `limit` ones (of a LIMIT without order).
struct scan_advice {
  expr::expr_ptr filter;
  std::optional<std::int64_t> limit;
};
using scan_advice_map = std::unordered_map<const logical_node*, scan_advice>;

/// Advice for the scans of a job: only what all readers of a scan agree on, and all scans of a
/// table, so that a table keeps the one scan that serves them all.
[[nodiscard]] result<scan_advice_map> advise_scans(const std::vector<logical_ptr>& roots);

}  // namespace millrace::plan
