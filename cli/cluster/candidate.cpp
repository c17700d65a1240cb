#include "cli/cluster/candidate.hpp"

#include "cli/cluster/candidacy.hpp"
#include "cli/cluster/coordinator_process.hpp"
#include "cli/cluster/process_log.hpp"
#include "cli/cluster/standby_api.hpp"
#include "cli/exit_code.hpp"

#include <cstdlib>
#include <memory>
#include <utility>

namespace millrace::cli {

namespace {

/// What a coordinator answers while another leads. The port stays its own.
result<std::unique_ptr<net::api_server>> stand_by(const coordinator_request& request,
                                                  const candidacy& standing) {
  MILLRACE_TRY(const auto rest, read_address(request.rest));
  MILLRACE_TRY(const auto guards, read_secrets(request.safety.secrets, request.safety.token_file));
  MILLRACE_CHECK(check_rest(rest.host, guards));
  net::api_options api = rest_options(rest, guards);
  api.keeps_connections = false;
  auto routes = standby_routes([&standing] { return standing.leader(); });
  MILLRACE_TRY(auto server, net::api_server::listen(std::move(api), std::move(routes)));
  log_line("coordinator: stands by, REST at " + url_of(rest.host, server->port(), guards));
  return server;
}

std::string port_of(const std::string& endpoint) { return endpoint.substr(endpoint.rfind(':')); }

/// Where others find it.
result<coordination::leader_address> address_of(const coordinator_request& request,
                                                const coordinator_process& process) {
  MILLRACE_TRY(const auto listen, read_address(request.listen));
  MILLRACE_TRY(const auto rest, read_address(request.rest));
  const std::string& url = process.rest_address;
  const auto host = [&](const address& own) {
    return request.advertise.empty() ? own.host : request.advertise;
  };
  return coordination::leader_address{
      host(listen) + port_of(process.cluster->endpoint()),
      url.substr(0, url.find("://") + 3) + host(rest) + port_of(url)};
}

// Takes the port over from the server of its time as a standby.
result<void> lead(coordinator_request request, std::unique_ptr<net::api_server> waiting,
                  candidacy& standing, coordinator_process& to) {
  MILLRACE_TRY(auto rest, read_address(request.rest));
  rest.port = waiting->port();
  waiting.reset();
  request.rest = rest.text();
  log_line("leads, epoch " + std::to_string(standing.epoch()));
  MILLRACE_CHECK(start(request, standing.epoch(), to));
  MILLRACE_TRY(auto own, address_of(request, to));
  standing.announce(std::move(own));
  return {};
}

// The next leader knows of jobs what is kept there.
result<void> check_storage(const coordinator_request& request) {
  if (!request.checkpoint_directory.empty()) return {};
  return make_error(errc::config_bad_usage, "--ha without --checkpoint-dir",
                    "name a folder that all coordinators and workers reach");
}

}  // namespace

int run_candidate(const coordinator_request& request, stop_signal& stop) {
  if (auto kept = check_storage(request); !kept) return fail(kept.error());
  auto election = open_election(request.election);
  if (!election) return fail(election.error());
  candidacy standing(
      std::move(*election),
      {.on_elected = [&stop] { stop.poke(); }, .on_lost = &end_deposed, .log = &log_line});
  auto waiting = stand_by(request, standing);
  if (!waiting) return fail(waiting.error());
  stop.wait_or([&] { return standing.epoch() != 0; });
  if (standing.epoch() == 0) return exit_ok;
  coordinator_process process;
  if (auto led = lead(request, std::move(*waiting), standing, process); !led) {
    standing.leave();
    std::_Exit(fail(led.error()));
  }
  stop.wait();
  leave_cluster(process);
  standing.leave();
  end_process();
}

}  // namespace millrace::cli
