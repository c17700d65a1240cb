#include "cli/cluster/heartbeat.hpp"

#include <string>

namespace millrace::cli {

result<void> check(const heartbeat_request& request) {
  if (request.timeout_ms >= 2 * request.interval_ms) return {};
  return make_error(errc::config_bad_value,
                    "--heartbeat-timeout of " + std::to_string(request.timeout_ms) +
                        " ms is less than two times --heartbeat-interval, " +
                        std::to_string(request.interval_ms) + " ms",
                    "give it at least " + std::to_string(2 * request.interval_ms) +
                        ", so that one late heartbeat is not the end of a process");
}

}  // namespace millrace::cli
