#include "cli/cluster/cluster_processes.hpp"

#include "actors/cluster/coordinator.hpp"
#include "actors/cluster/worker.hpp"
#include "actors/system/engine.hpp"
#include "cli/cluster/addresses.hpp"
#include "cli/cluster/audit_log.hpp"
#include "cli/cluster/child_processes.hpp"
#include "cli/cluster/file_limit.hpp"
#include "cli/cluster/rest_api.hpp"
#include "cli/cluster/script_jobs.hpp"
#include "cli/cluster/secrets.hpp"
#include "cli/cluster/worker_metrics.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/version.hpp"
#include "core/base/clock.hpp"
#include "core/base/local_paths.hpp"
#include "core/data/civil_time.hpp"
#include "net/http/api_server.hpp"

#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace millrace::cli {

namespace {

int fail(const error& e) {
  std::fprintf(stderr, "%s\n", to_text(e).c_str());
  return exit_code_of(e.code);
}

// One call, so that lines of several threads stay whole.
void log_line(const std::string& line) {
  constexpr int milliseconds = 3;
  std::string text;
  data::append_timestamp(text, system_clock().now(), milliseconds);
  text += "  " + line + "\n";
  std::fputs(text.c_str(), stderr);
}

// Before any SQL is taken.
result<void> confine(const safety_request& safety, bool on_loopback) {
  if (on_loopback && safety.sql_roots.empty()) return {};
  return confine_local_paths(safety.sql_roots);
}

/// Blocks its thread until a signal comes.
class stop_signal {
 public:
  stop_signal() {
    watch_.on_interrupt([this] {
      const std::scoped_lock hold(mutex_);
      come_ = true;
      changed_.notify_all();
    });
  }
  void wait() {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [this] { return come_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool come_ = false;
  interrupt_watch watch_;  // last: its thread uses the others
};

/// A coordinator with its REST server.
struct coordinator_process {
  actors::engine engine;
  std::unique_ptr<actors::coordinator> cluster;
  std::unique_ptr<audit_log> audit;
  std::unique_ptr<net::api_server> rest;
  std::string rest_address;
};

actors::coordinator_options options_of(const coordinator_request& request, const address& listen,
                                       const secrets& guards) {
  actors::coordinator_options options;
  options.listen = "tcp://" + listen.text();
  options.keys = guards.keys;
  options.tokens = guards.tokens;
  options.version = version_text;
  options.checkpoint_directory = request.checkpoint_directory;
  options.pack_slots = request.pack_slots;
  options.log_checkpoints = request.log_checkpoints;
  options.compile = &compile_job;
  options.rescale = &rescaled;
  options.log = &log_line;
  return options;
}

result<void> serve(const address& rest, const secrets& guards, coordinator_process& to) {
  net::api_options api;
  api.address = bare_host(rest.host);
  api.port = rest.port;
  api.tokens = guards.tokens;
  api.certificate = guards.certificate;
  api.key = guards.certificate_key;
  api.on_refused = [audit = to.audit.get()](const std::string& from, const std::string& path) {
    audit->refused(from, path);
  };
  MILLRACE_TRY(to.rest,
               net::api_server::listen(std::move(api), to.audit->watch(rest_routes(*to.cluster))));
  to.rest_address = (guards.certificate.empty() ? "http://" : "https://") + rest.host + ":" +
                    std::to_string(to.rest->port());
  return {};
}

result<void> start(const coordinator_request& request, coordinator_process& to) {
  MILLRACE_TRY(const auto listen, read_address(request.listen));
  MILLRACE_TRY(const auto rest, read_address(request.rest));
  MILLRACE_TRY(const auto guards, read_secrets(request.safety.secrets, request.safety.token_file));
  MILLRACE_CHECK(check_links(listen.host, guards));
  MILLRACE_CHECK(check_rest(rest.host, guards));
  MILLRACE_CHECK(confine(request.safety, is_loopback(listen.host) && is_loopback(rest.host)));
  MILLRACE_TRY(to.audit, audit_log::open(request.audit_file, &log_line));
  MILLRACE_TRY(to.cluster,
               actors::coordinator::start(to.engine, options_of(request, listen, guards)));
  MILLRACE_CHECK(serve(rest, guards, to));
  log_line("coordinator: workers at " + to.cluster->endpoint().substr(6) + ", REST at " +
           to.rest_address);
  return {};
}

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
  MILLRACE_TRY(const auto coordinator, read_address(request.coordinator));
  MILLRACE_TRY(const auto guards, read_secrets(request.safety.secrets, request.safety.token_file));
  MILLRACE_CHECK(check_links(coordinator.host, guards));
  MILLRACE_CHECK(check_links(request.listen, guards));
  MILLRACE_CHECK(check_reachable(request));
  MILLRACE_CHECK(
      confine(request.safety, is_loopback(coordinator.host) && is_loopback(request.listen)));
  actors::worker_options options;
  options.name = request.name.empty() ? name_of_process() : request.name;
  options.coordinators = [at = "tcp://" + coordinator.text()] { return std::vector{at}; };
  options.listen = request.listen;
  options.advertise = request.advertise;
  options.keys = guards.keys;
  options.slots = request.slots;
  options.version = version_text;
  if (!guards.tokens.empty()) options.token = guards.tokens.front().value;
  options.checkpoint_directory = request.checkpoint_directory;
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
  for (const std::string& root : request.coordinator.safety.sql_roots) add("--sql-root", root);
  return words;
}

// Of jobs that run nobody waits for the end: another coordinator takes them up from their newest
// checkpoints. What this one owes anybody is on the disk, as it has to be when it is killed.
[[noreturn]] void end_coordinator(coordinator_process& process) {
  process.rest.reset();
  process.cluster->stop();
  std::fflush(nullptr);
  std::_Exit(exit_ok);
}

}  // namespace

int run_coordinator(const coordinator_request& request) {
  raise_file_limit();
  stop_signal stop;
  coordinator_process process;
  if (auto started = start(request, process); !started) return fail(started.error());
  stop.wait();
  end_coordinator(process);
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
  if (auto started = start(request.coordinator, process); !started) return fail(started.error());
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
  end_coordinator(process);
}

}  // namespace millrace::cli
