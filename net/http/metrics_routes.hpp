#pragma once

#include "core/runtime/metric_list.hpp"
#include "net/http/api_server.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millrace::net {

/// What the routes ask for; called on the server's threads, at any time until it is gone.
struct metrics_source {
  std::function<std::vector<runtime::metric_sample>()> samples;
  /// Why the process can do no work now; empty: it can.
  std::function<std::string()> not_ready;
};

/// /metrics (Prometheus' text form 0.0.4), /healthz (the process answers) and /readyz (200, or 503
/// with the reason). The last two need no token: an orchestrator's probes have none.
[[nodiscard]] std::vector<api_route> metrics_routes(const metrics_source& source);

/// The samples in Prometheus' text form, with HELP and TYPE of each metric that has one.
[[nodiscard]] std::string metrics_text(const std::vector<runtime::metric_sample>& samples);

}  // namespace millrace::net
