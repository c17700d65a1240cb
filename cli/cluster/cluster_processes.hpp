#pragma once

#include "cli/cluster/elections.hpp"
#include "cli/cluster/heartbeat.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::cli {

/// What every process of a cluster is told of its safety.
struct safety_request {
  std::string secrets;  ///< a directory of `millrace keygen`; empty: none
  std::string token_file;
  std::vector<std::string> sql_roots;  ///< where SQL may use local paths
};

struct coordinator_request {
  std::string listen = "127.0.0.1:6123";  ///< for workers
  std::string rest = "127.0.0.1:8081";    ///< for the job tool
  std::string checkpoint_directory;
  std::string advertise;      ///< host that others reach it at; empty: that of the addresses
  election_request election;  ///< of several coordinators
  std::string audit_file;     ///< empty: the audit log is a part of the log
  safety_request safety;
  heartbeat_request heartbeat;
  bool pack_slots = false;
  bool log_checkpoints = false;
};

struct worker_request {
  std::string coordinator = "127.0.0.1:6123";  ///< or several, with commas between them
  election_request election;                   ///< shows where the leader is
  std::string listen = "127.0.0.1";
  std::string advertise;  ///< host that others reach it at; empty: `listen`
  std::string name;       ///< empty: of the host and process
  std::uint32_t slots = 1;
  std::string checkpoint_directory;
  safety_request safety;
  heartbeat_request heartbeat;
  std::string metrics;            ///< address to serve metrics at; empty: nowhere
  std::int64_t memory_bytes = 0;  ///< 0: as `engine_options`
};

struct local_cluster_request {
  coordinator_request coordinator;
  std::uint32_t workers = 2;
  std::uint32_t slots = 2;
};

// Each runs until Ctrl-C or SIGTERM and returns the exit code. Addresses other than loopback are
// refused unless links and REST are encrypted and ask for tokens (cli/cluster/secrets.hpp). SQL
// uses any local path in a cluster on loopback, and elsewhere none but those below `sql_roots`; on
// loopback too once there are any.

[[nodiscard]] int run_coordinator(const coordinator_request& request);
[[nodiscard]] int run_worker(const worker_request& request);
/// A coordinator in this process, and workers in processes of their own, which end with it.
[[nodiscard]] int run_local_cluster(const local_cluster_request& request);

}  // namespace millrace::cli
