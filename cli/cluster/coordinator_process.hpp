#pragma once

#include "actors/cluster/coordinator.hpp"
#include "actors/system/engine.hpp"
#include "cli/cluster/addresses.hpp"
#include "cli/cluster/audit_log.hpp"
#include "cli/cluster/cluster_processes.hpp"
#include "cli/cluster/secrets.hpp"
#include "net/http/api_server.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::cli {

/// A coordinator with its REST server.
struct coordinator_process {
  actors::engine engine;
  std::unique_ptr<actors::coordinator> cluster;
  std::unique_ptr<audit_log> audit;
  std::unique_ptr<net::api_server> rest;
  std::string rest_address;
};

/// `epoch`: of the election that was won; 0: there was none. Errors: addresses, secrets and folders
/// that do not do; 5004; those of the job store.
[[nodiscard]] result<void> start(const coordinator_request& request, std::uint64_t epoch,
                                 coordinator_process& to);

/// Stops answering. Jobs that run are left as they are: another coordinator takes them over. What
/// this one owes anybody is on the disk, as it has to be when it is killed.
void leave_cluster(coordinator_process& process);

/// After `leave_cluster`: nobody waits for the ends of the actors of jobs.
[[noreturn]] void end_process();

/// Nothing of this process may be taken for the leader's any more.
[[noreturn]] void end_deposed(const std::string& why);

/// For a server at `rest`.
[[nodiscard]] net::api_options rest_options(const address& rest, const secrets& guards);
[[nodiscard]] std::string url_of(const std::string& host, std::uint16_t port,
                                 const secrets& guards);

}  // namespace millrace::cli
