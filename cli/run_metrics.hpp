#pragma once

#include "actors/jobs/job_runner.hpp"
#include "actors/system/engine.hpp"
#include "core/runtime/metric_list.hpp"
#include "net/http/api_server.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace millrace::cli {

/// What the metrics endpoint of `run` tells: its jobs, the memory budget, the process. Thread safe.
class run_metrics {
 public:
  /// Serves it on 127.0.0.1; a line on stderr names the port. Errors: 5004.
  [[nodiscard]] result<void> serve(std::uint16_t port);
  /// `in` must stay as long as this.
  void add(std::string name, std::shared_ptr<const actors::job> handle, actors::engine& in);

 private:
  struct started_job {
    std::string name;
    std::shared_ptr<const actors::job> handle;
    std::int64_t started_us = 0;
  };
  [[nodiscard]] std::vector<runtime::metric_sample> read() const;
  [[nodiscard]] std::string not_ready() const;

  mutable std::mutex mutex_;
  std::vector<started_job> jobs_;
  actors::engine* engine_ = nullptr;
  std::unique_ptr<net::api_server> server_;
};

}  // namespace millrace::cli
