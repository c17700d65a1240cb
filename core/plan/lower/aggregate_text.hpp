#pragma once

#include "core/plan/lower/plan_builder.hpp"

#include <string>
#include <vector>

namespace millrace::plan {

/// `COUNT(*) AS n, SUM(price) FILTER ($f) AS total` for EXPLAIN.
[[nodiscard]] std::string calls_text(const std::vector<aggregate_call>& calls,
                                     const std::vector<logical_column>& input);
/// Text equal exactly for equal groups and calls, names aside.
[[nodiscard]] std::string calls_digest(const std::vector<std::uint32_t>& groups,
                                       const std::vector<aggregate_call>& calls);

}  // namespace millrace::plan
