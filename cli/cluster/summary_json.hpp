#pragma once

#include "actors/cluster/cluster_board.hpp"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace millrace::cli {

/// What `GET /api/v1/metrics` answers: the figures of the cluster's slots, and of each job that has
/// not ended; docs/reference/rest.md. Shares are those of the slowest subtask, sizes are bytes.
[[nodiscard]] nlohmann::json summary_json(const std::vector<actors::cluster_job>& jobs,
                                          const std::vector<actors::cluster_worker>& workers,
                                          timestamp_ms now);

}  // namespace millrace::cli
