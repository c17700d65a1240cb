#pragma once

#include "actors/cluster/worker.hpp"
#include "actors/system/engine.hpp"
#include "cli/cluster/secrets.hpp"
#include "core/base/result.hpp"
#include "net/http/api_server.hpp"

#include <memory>
#include <string>

namespace millrace::cli {

/// Serves what a worker tells of itself at `address` (`host:port`): `/metrics` with its process and
/// memory budget, `/healthz`, and `/readyz`, which is so while a coordinator counts on it. What its
/// tasks do is among the coordinator's metrics. `of` and `in` outlive it.
/// Errors: 1002 for an address that is none, or is open to others without guards; 5004.
[[nodiscard]] result<std::unique_ptr<net::api_server>> serve_worker_metrics(
    const std::string& address, const secrets& guards, const actors::worker& of,
    actors::engine& in);

}  // namespace millrace::cli
