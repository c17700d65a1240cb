#pragma once

#include "actors/cluster/coordinator.hpp"
#include "cli/cluster/described_route.hpp"
#include "net/http/api_server.hpp"

#include <vector>

namespace millrace::cli {

/// What the REST interface of a coordinator consists of, as its document says; those without
/// `answer` are handled by net/http. `cluster` outlives them.
[[nodiscard]] std::vector<described_route> described_routes(actors::coordinator& cluster);

/// The REST interface of a coordinator, version 1: docs/reference/rest.md. `cluster` outlives the
/// server.
[[nodiscard]] std::vector<net::api_route> rest_routes(actors::coordinator& cluster);

}  // namespace millrace::cli
