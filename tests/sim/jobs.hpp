#pragma once

#include "tests/sim/changelog.hpp"
#include "tests/sim/input.hpp"

#include <span>
#include <string_view>

namespace millrace::sim {

/// A query that the simulation runs. Its result depends on the rows of each table and their order
/// there, never on how tables meet.
struct sim_job {
  std::string_view name;
  /// Statements behind the tables' own; the last is the job. `{out}` stands for a folder to write
  /// to.
  std::string_view sql;
  input_shape input;
  /// The result by plain C++; null where only the undisturbed run is compared.
  row_counts (*reference)(const std::vector<input_step>& input) = nullptr;
  /// A table counts as idle after so many milliseconds without rows; 0: never.
  std::int64_t idle_ms = 0;
};

[[nodiscard]] std::span<const sim_job> all_jobs();
/// Statements that make the tables of every job.
[[nodiscard]] std::string_view tables_sql();

}  // namespace millrace::sim
