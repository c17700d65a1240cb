#pragma once

#include "core/coordination/leader_election.hpp"
#include "net/http/api_server.hpp"

#include <functional>
#include <vector>

namespace millrace::cli {

/// What a coordinator answers while another leads: it is healthy and not ready, and sends everyone
/// on to the leader (307), or away (503) when it knows of none. `leader`: called on the server's
/// threads.
[[nodiscard]] std::vector<net::api_route> standby_routes(
    std::function<coordination::leader_address()> leader);

}  // namespace millrace::cli
