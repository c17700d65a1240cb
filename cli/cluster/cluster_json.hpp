#pragma once

#include "actors/cluster/cluster_board.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace millrace::cli {

enum class detail : std::uint8_t { summary, full };

// What REST answers with; docs/reference/rest.md.

[[nodiscard]] nlohmann::json error_json(const error& e);
/// `full` adds vertices with their subtasks, and the failures.
[[nodiscard]] nlohmann::json job_json(const actors::cluster_job& job, detail how);
/// The newest checkpoints of the job, oldest first, and how many there were.
[[nodiscard]] nlohmann::json checkpoints_json(const actors::cluster_job& job);
[[nodiscard]] nlohmann::json lines_json(const std::vector<actors::log_line>& lines);
[[nodiscard]] nlohmann::json worker_json(const actors::cluster_worker& worker);

}  // namespace millrace::cli
