#include "cli/cluster/coordinator_process.hpp"

#include "cli/cluster/process_log.hpp"
#include "cli/cluster/rest_api.hpp"
#include "cli/cluster/script_jobs.hpp"
#include "cli/cluster/sql_roots.hpp"
#include "cli/exit_code.hpp"
#include "cli/version.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace millrace::cli {

void end_deposed(const std::string& why) {
  log_line("leads no longer: " + why);
  std::_Exit(exit_runtime);
}

void end_process() {
  std::fflush(nullptr);
  std::_Exit(exit_ok);
}

net::api_options rest_options(const address& rest, const secrets& guards) {
  net::api_options api;
  api.address = bare_host(rest.host);
  api.port = rest.port;
  api.tokens = guards.tokens;
  api.certificate = guards.certificate;
  api.key = guards.certificate_key;
  return api;
}

std::string url_of(const std::string& host, std::uint16_t port, const secrets& guards) {
  return (guards.certificate.empty() ? "http://" : "https://") + host + ":" + std::to_string(port);
}

namespace {

actors::coordinator_options options_of(const coordinator_request& request, const address& listen,
                                       const secrets& guards) {
  actors::coordinator_options options;
  options.listen = "tcp://" + listen.text();
  options.keys = guards.keys;
  options.tokens = guards.tokens;
  options.version = version_text;
  options.checkpoint_directory = request.checkpoint_directory;
  options.heartbeat_ms = request.heartbeat.interval_ms;
  options.silence_ms = request.heartbeat.timeout_ms;
  // Its workers need as long to notice that the leader before has gone, and then look for it.
  options.takeover_ms = 2 * options.silence_ms;
  options.pack_slots = request.pack_slots;
  options.log_checkpoints = request.log_checkpoints;
  options.compile = &compile_job;
  options.rescale = &rescaled;
  options.log = &log_line;
  options.on_deposed = [](const error& why) { end_deposed(why.message); };
  return options;
}

result<void> serve(const address& rest, const secrets& guards, coordinator_process& to) {
  net::api_options api = rest_options(rest, guards);
  api.on_refused = [audit = to.audit.get()](const std::string& from, const std::string& path) {
    audit->refused(from, path);
  };
  MILLRACE_TRY(to.rest,
               net::api_server::listen(std::move(api), to.audit->watch(rest_routes(*to.cluster))));
  to.rest_address = url_of(rest.host, to.rest->port(), guards);
  return {};
}

}  // namespace

result<void> start(const coordinator_request& request, std::uint64_t epoch,
                   coordinator_process& to) {
  MILLRACE_TRY(const auto listen, read_address(request.listen));
  MILLRACE_TRY(const auto rest, read_address(request.rest));
  MILLRACE_TRY(const auto guards, read_secrets(request.safety.secrets, request.safety.token_file));
  MILLRACE_CHECK(check(request.heartbeat));
  MILLRACE_CHECK(check_links(listen.host, guards));
  MILLRACE_CHECK(check_rest(rest.host, guards));
  MILLRACE_CHECK(
      confine(request.safety.sql_roots, is_loopback(listen.host) && is_loopback(rest.host)));
  MILLRACE_TRY(to.audit, audit_log::open(request.audit_file, &log_line));
  auto options = options_of(request, listen, guards);
  options.epoch = epoch;
  MILLRACE_TRY(to.cluster, actors::coordinator::start(to.engine, std::move(options)));
  MILLRACE_CHECK(serve(rest, guards, to));
  log_line("coordinator: workers at " + to.cluster->endpoint().substr(6) + ", REST at " +
           to.rest_address);
  return {};
}

void leave_cluster(coordinator_process& process) {
  process.rest.reset();
  process.cluster->stop();
}

}  // namespace millrace::cli
