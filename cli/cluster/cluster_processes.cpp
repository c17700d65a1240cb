#include "cli/cluster/cluster_processes.hpp"

#include "actors/cluster/worker.hpp"
#include "actors/system/engine.hpp"
#include "cli/cluster/addresses.hpp"
#include "cli/cluster/candidate.hpp"
#include "cli/cluster/child_processes.hpp"
#include "cli/cluster/coordinator_finder.hpp"
#include "cli/cluster/coordinator_process.hpp"
#include "cli/cluster/file_limit.hpp"
#include "cli/cluster/process_log.hpp"
#include "cli/cluster/script_jobs.hpp"
#include "cli/cluster/secrets.hpp"
#include "cli/cluster/sql_roots.hpp"
#include "cli/cluster/stop_signal.hpp"
#include "cli/cluster/worker_metrics.hpp"
#include "cli/exit_code.hpp"
#include "cli/version.hpp"
#include "net/http/api_server.hpp"

#include <unistd.h>

#include <memory>
#include <utility>
#include <vector>

namespace millrace::cli {

namespace {

std::string name_of_process() {
  char host[256] = "worker";
  gethostname(host, sizeof host - 1);
  return std::string(host) + "-" + std::to_string(getpid());
}

result<void> check_reachable(const worker_request& request) {
  if (!request.advertise.empty() || !is_wildcard(request.listen)) return {};
  return make_error(errc::config_bad_value,
                    "'" + request.listen + "' is no address that others could reach",
                    "name this machine as they know it with --advertise");
}

result<std::unique_ptr<actors::worker>> start(const worker_request& request, actors::engine& in) {
  MILLRACE_TRY(const auto guards, read_secrets(request.safety.secrets, request.safety.token_file));
  MILLRACE_TRY(auto coordinators, find_coordinators(request, guards));
  MILLRACE_CHECK(check_links(request.listen, guards));
  MILLRACE_CHECK(check_reachable(request));
  MILLRACE_CHECK(check(request.heartbeat));
  MILLRACE_CHECK(confine(request.safety.sql_roots, is_local(request)));
  actors::worker_options options;
  options.name = request.name.empty() ? name_of_process() : request.name;
  options.coordinators = std::move(coordinators);
  options.listen = request.listen;
  options.advertise = request.advertise;
  options.keys = guards.keys;
  options.slots = request.slots;
  options.version = version_text;
  if (!guards.tokens.empty()) options.token = guards.tokens.front().value;
  options.checkpoint_directory = request.checkpoint_directory;
  options.heartbeat_ms = request.heartbeat.interval_ms;
  options.silence_ms = request.heartbeat.timeout_ms;
  options.compile = &compile_job;
  options.log = [name = options.name](const std::string& line) { log_line(name + ": " + line); };
  return actors::worker::start(in, std::move(options));
}

// Nothing when nobody wants any.
result<std::unique_ptr<net::api_server>> serve_metrics(const worker_request& request,
                                                       const actors::worker& of,
                                                       actors::engine& in) {
  if (request.metrics.empty()) return std::unique_ptr<net::api_server>();
  MILLRACE_TRY(const auto guards, read_secrets(request.safety.secrets, request.safety.token_file));
  MILLRACE_TRY(auto server, serve_worker_metrics(request.metrics, guards, of, in));
  log_line("metrics at port " + std::to_string(server->port()));
  return server;
}

std::vector<std::string> worker_words(const local_cluster_request& request,
                                      const std::string& coordinator, std::uint32_t number) {
  std::vector<std::string> words{"worker",
                                 "--coordinator",
                                 coordinator,
                                 "--slots",
                                 std::to_string(request.slots),
                                 "--name",
                                 "worker-" + std::to_string(number)};
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  add("--checkpoint-dir", request.coordinator.checkpoint_directory);
  add("--token-file", request.coordinator.safety.token_file);
  add("--secrets", request.coordinator.safety.secrets);
  add("--heartbeat-interval", std::to_string(request.coordinator.heartbeat.interval_ms));
  add("--heartbeat-timeout", std::to_string(request.coordinator.heartbeat.timeout_ms));
  for (const std::string& root : request.coordinator.safety.sql_roots) add("--sql-root", root);
  return words;
}

}  // namespace

int run_coordinator(const coordinator_request& request) {
  raise_file_limit();
  stop_signal stop;
  if (!request.election.where.empty()) return run_candidate(request, stop);
  coordinator_process process;
  if (auto started = start(request, 0, process); !started) return fail(started.error());
  stop.wait();
  leave_cluster(process);
  end_process();
}

int run_worker(const worker_request& request) {
  raise_file_limit();
  stop_signal stop;
  actors::engine engine({.threads = request.slots, .memory_bytes = request.memory_bytes});
  auto worker = start(request, engine);
  if (!worker) return fail(worker.error());
  auto metrics = serve_metrics(request, **worker, engine);
  if (!metrics) return fail(metrics.error());
  stop.wait();
  metrics->reset();
  (*worker)->stop();
  return exit_ok;
}

int run_local_cluster(const local_cluster_request& request) {
  raise_file_limit();
  stop_signal stop;
  coordinator_process process;
  if (auto started = start(request.coordinator, 0, process); !started) return fail(started.error());
  child_processes workers;
  const std::string coordinator = process.cluster->endpoint().substr(6);  // without tcp://
  for (std::uint32_t n = 1; n <= request.workers; ++n) {
    if (auto one = workers.start(worker_words(request, coordinator, n)); !one) {
      return fail(one.error());
    }
  }
  stop.wait();
  process.rest.reset();
  workers.stop();
  leave_cluster(process);
  end_process();
}

}  // namespace millrace::cli
