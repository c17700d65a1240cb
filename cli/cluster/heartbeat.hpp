#pragma once

#include "core/base/result.hpp"

#include <cstdint>

namespace millrace::cli {

/// How the processes of a cluster know that the others live: Flink's `heartbeat.interval` and
/// `heartbeat.timeout`. All processes of a cluster should be told the same.
struct heartbeat_request {
  std::int64_t interval_ms = 500;
  std::int64_t timeout_ms = 2'000;
};

/// Errors: 1002 where one lost heartbeat would be the end of a process.
[[nodiscard]] result<void> check(const heartbeat_request& request);

}  // namespace millrace::cli
