#include "cli/run_metrics.hpp"

#include "actors/jobs/job_metrics.hpp"
#include "cli/process_metrics.hpp"
#include "net/http/metrics_routes.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

namespace millrace::cli {

using runtime::metric_sample;

result<void> run_metrics::serve(std::uint16_t port) {
  net::api_options options;
  options.port = port;
  MILLRACE_TRY(server_,
               net::api_server::listen(std::move(options),
                                       net::metrics_routes({[this] { return read(); },
                                                            [this] { return not_ready(); }})));
  std::fprintf(stderr, "metrics on http://127.0.0.1:%d/metrics\n", server_->port());
  return {};
}

void run_metrics::add(std::string name, std::shared_ptr<const actors::job> handle,
                      actors::engine& in) {
  const std::lock_guard lock(mutex_);
  engine_ = &in;
  jobs_.push_back({std::move(name), std::move(handle), system_clock().steady_us()});
}

std::vector<metric_sample> run_metrics::read() const {
  const std::lock_guard lock(mutex_);
  std::vector<actors::observed_job> jobs;
  const auto now_us = system_clock().steady_us();
  for (const auto& j : jobs_) {
    jobs.push_back({{{"job_name", j.name}},
                    !coordination::is_final(j.handle->status()),
                    now_us - j.started_us,
                    j.handle->checkpoints(),
                    j.handle->tasks()});
  }
  auto samples = actors::read_metrics(jobs, system_clock().now(), most_samples);
  if (engine_ != nullptr) add_budget(samples, engine_->budget());
  add_process(samples);
  return samples;
}

std::string run_metrics::not_ready() const {
  const std::lock_guard lock(mutex_);
  const bool running = std::ranges::any_of(jobs_, [](const started_job& j) {
    return j.handle->status() == coordination::job_status::running;
  });
  return running ? "" : "no job runs";
}

}  // namespace millrace::cli
