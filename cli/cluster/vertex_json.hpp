#pragma once

#include "actors/cluster/cluster_board.hpp"

#include <nlohmann/json_fwd.hpp>

namespace millrace::cli {

/// The job's vertices with their operators and subtasks; docs/reference/rest.md. Rates and shares
/// are 0 when it does not run.
[[nodiscard]] nlohmann::json vertices_json(const actors::cluster_job& job, timestamp_ms now);

/// Null before the first and after the last watermark: there is no event time.
[[nodiscard]] nlohmann::json watermark_json(timestamp_ms at);
/// How far it is behind; null where it is.
[[nodiscard]] nlohmann::json lag_json(timestamp_ms at, timestamp_ms now);

}  // namespace millrace::cli
