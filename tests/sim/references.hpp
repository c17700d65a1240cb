#pragma once

#include "tests/sim/changelog.hpp"
#include "tests/sim/input.hpp"

#include <vector>

namespace millrace::sim {

// Results of jobs in plain C++, which share nothing with the engine. They take input without late
// rows only.

[[nodiscard]] row_counts reference_totals(const std::vector<input_step>& input);
[[nodiscard]] row_counts reference_tumble(const std::vector<input_step>& input);
[[nodiscard]] row_counts reference_session(const std::vector<input_step>& input);
[[nodiscard]] row_counts reference_join(const std::vector<input_step>& input);
[[nodiscard]] row_counts reference_interval_join(const std::vector<input_step>& input);
[[nodiscard]] row_counts reference_top_n(const std::vector<input_step>& input);
[[nodiscard]] row_counts reference_union(const std::vector<input_step>& input);

}  // namespace millrace::sim
