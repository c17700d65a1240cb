#pragma once

#include "actors/cluster/cluster_board.hpp"
#include "core/runtime/metric_list.hpp"

#include <vector>

namespace millrace::cli {

/// What a coordinator tells Prometheus: its workers, its jobs with their subtasks, and its process.
/// Any thread.
[[nodiscard]] std::vector<runtime::metric_sample> cluster_metrics(
    const actors::cluster_board& board);

}  // namespace millrace::cli
