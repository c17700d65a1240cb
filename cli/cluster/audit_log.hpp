#pragma once

#include "core/base/result.hpp"
#include "net/http/api_server.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::cli {

/// Who asked a coordinator to change what, and what came of it: a line of JSON each
/// (docs/reference/rest.md). Thread safe.
class audit_log {
 public:
  using line_taker = std::function<void(const std::string& line)>;

  /// Lines go to the end of `file`, which is made for its owner only; without one to `otherwise`,
  /// as they do when the file cannot be written any more. Errors: 1004.
  [[nodiscard]] static result<std::unique_ptr<audit_log>> open(const std::string& file,
                                                               line_taker otherwise);
  ~audit_log();
  audit_log(const audit_log&) = delete;
  audit_log& operator=(const audit_log&) = delete;

  /// The routes, those that change something with a line per request. The log outlives them.
  [[nodiscard]] std::vector<net::api_route> watch(std::vector<net::api_route> routes);
  /// Somebody without a token that counts was turned away.
  void refused(const std::string& from, const std::string& path);

 private:
  audit_log(int fd, line_taker otherwise) : fd_(fd), otherwise_(std::move(otherwise)) {}
  void answered(const std::string& action, const net::api_request& request,
                const net::api_answer& answer);
  void write(const std::string& line);

  int fd_ = -1;
  line_taker otherwise_;
};

}  // namespace millrace::cli
