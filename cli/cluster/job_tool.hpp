#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"
#include "net/http/api_client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace millrace::cli {

/// How the job tool reaches the cluster and says what it found.
struct tool_request {
  std::string coordinator = "127.0.0.1:8081";  ///< its REST address
  std::string token;
  bool json = false;
};

/// The commands that ask a coordinator: `millrace submit`, `list`, `show`, ... Each prints to
/// standard output, errors to standard error, and gives the exit code.
class job_tool {
 public:
  explicit job_tool(const tool_request& request)
      : request_(request), client_(request.coordinator, request.token) {}

  /// `savepoint`: its name, or a path that ends with it; empty: none. `attach`: waits until the
  /// jobs have ended, and fails when one of them has.
  [[nodiscard]] int submit(const std::string& script, const option_map& settings,
                           const std::string& name, const std::string& savepoint, bool attach);
  [[nodiscard]] int rescale(const std::string& job, int parallelism);
  [[nodiscard]] int list();
  [[nodiscard]] int show(const std::string& job);
  [[nodiscard]] int cancel(const std::string& job);
  /// `stop`: the job ends behind it.
  [[nodiscard]] int savepoint(const std::string& job, bool stop);
  [[nodiscard]] int workers();
  [[nodiscard]] int drain(const std::string& worker);

 private:
  [[nodiscard]] bool ask(const std::string& path, nlohmann::json& answer);
  [[nodiscard]] bool tell(const std::string& path, const nlohmann::json& body,
                          nlohmann::json& answer);
  [[nodiscard]] bool take(result<net::api_client::answer> got, nlohmann::json& answer);
  [[nodiscard]] int wait_for(const nlohmann::json& jobs);
  void print(const nlohmann::json& answer) const;

  tool_request request_;
  net::api_client client_;
  int code_ = 0;  // of the last failure
};

}  // namespace millrace::cli
