#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>

namespace millrace::cli {

// What REST answers on one job, for people. `columns`: the most that a table may take; 0: any.

/// Its state in a few lines, its vertices and subtasks as tables, and its failures.
[[nodiscard]] std::string job_page(const nlohmann::json& job, std::size_t columns);
/// Its checkpoints, newest first.
[[nodiscard]] std::string checkpoints_page(const nlohmann::json& answer, std::size_t columns);
/// A few lines per failure, oldest first.
[[nodiscard]] std::string failures_text(const nlohmann::json& job);

}  // namespace millrace::cli
