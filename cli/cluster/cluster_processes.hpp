#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace millrace::cli {

struct coordinator_request {
  std::string listen = "127.0.0.1:6123";  ///< for workers
  std::string rest = "127.0.0.1:8081";    ///< for the job tool
  std::string checkpoint_directory;
  std::string token_file;
  bool pack_slots = false;
  bool log_checkpoints = false;
};

struct worker_request {
  std::string coordinator = "127.0.0.1:6123";
  std::string listen = "127.0.0.1";
  std::string name;  ///< empty: of the host and process
  std::uint32_t slots = 1;
  std::string checkpoint_directory;
  std::string token_file;
  std::int64_t memory_bytes = 0;
};

struct local_cluster_request {
  coordinator_request coordinator;
  std::uint32_t workers = 2;
  std::uint32_t slots = 2;
};

/// The first line of a token's file; empty when `file` is. A file keeps it off the command line,
/// where other users of the machine could read it. Errors: 1004.
[[nodiscard]] result<std::string> read_token(const std::string& file);

// Each runs until Ctrl-C or SIGTERM and returns the exit code. Addresses other than loopback are
// refused: links between processes are not encrypted.

[[nodiscard]] int run_coordinator(const coordinator_request& request);
[[nodiscard]] int run_worker(const worker_request& request);
/// A coordinator in this process, and workers in processes of their own, which end with it.
[[nodiscard]] int run_local_cluster(const local_cluster_request& request);

}  // namespace millrace::cli
