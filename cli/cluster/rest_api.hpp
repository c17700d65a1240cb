#pragma once

#include "actors/cluster/coordinator.hpp"
#include "net/http/api_server.hpp"

#include <vector>

namespace millrace::cli {

/// The REST interface of a coordinator, version 1: docs/reference/rest.md. `cluster` outlives the
/// server.
[[nodiscard]] std::vector<net::api_route> rest_routes(actors::coordinator& cluster);

}  // namespace millrace::cli
