#pragma once

#include "cli/cluster/cluster_processes.hpp"
#include "cli/cluster/keygen.hpp"

#include <CLI/App.hpp>

#include <string>
#include <vector>

namespace millrace::cli {

/// The commands of a cluster: its processes (`coordinator`, `worker`, `local-cluster`), `keygen`
/// for their secrets, and the job tool, all else.
class cluster_command {
 public:
  /// Adds the sub-commands; the object must outlive the parsing.
  explicit cluster_command(CLI::App& app);
  /// Lets `explain`, which has the options FILE and --format, take `--job` in place of FILE.
  void extend_explain(CLI::App& explain);
  [[nodiscard]] bool parsed() const;
  /// Runs what was parsed. Returns the exit code.
  [[nodiscard]] int run() const;

 private:
  void add_processes(CLI::App& app);
  void add_worker(CLI::App& app);
  void add_keygen(CLI::App& app);
  void add_job_tool(CLI::App& app);
  CLI::App* add_tool(CLI::App& app, const char* name, const char* what);
  [[nodiscard]] int start_worker() const;
  void add_access(CLI::App& tool);
  [[nodiscard]] std::string explain_format() const;
  [[nodiscard]] const CLI::App* parsed_tool() const;
  [[nodiscard]] int run_tool() const;
  [[nodiscard]] int submit(class job_tool& tool) const;

  coordinator_request coordinator_;
  worker_request worker_;
  local_cluster_request local_;
  keygen_request keygen_;
  std::string memory_;
  CLI::App* coordinator_command_ = nullptr;
  CLI::App* worker_command_ = nullptr;
  CLI::App* local_command_ = nullptr;
  CLI::App* keygen_command_ = nullptr;

  CLI::App* explain_ = nullptr;
  std::vector<CLI::App*> tools_;
  std::string rest_ = "127.0.0.1:8081";
  std::string token_file_;
  std::string authority_;
  bool json_ = false;
  int silence_s_ = 30;
  std::string file_;
  std::vector<std::string> settings_;
  std::vector<std::string> defines_;
  int parallelism_ = 0;
  std::string name_;
  std::string savepoint_;
  bool replace_ = false;
  bool attach_ = false;
  bool wait_ = false;
  bool watch_ = false;
  int every_s_ = 1;
  std::string target_;  // a job, or a worker
  std::string job_;     // to be explained
};

}  // namespace millrace::cli
