#pragma once

#include "actors/cluster/coordinator.hpp"
#include "cli/cluster/described_route.hpp"

#include <vector>

namespace millrace::cli {

/// What REST serves below /api/v1/jobs. `cluster` outlives the routes.
[[nodiscard]] std::vector<described_route> routes_of_jobs(actors::coordinator& cluster);

}  // namespace millrace::cli
