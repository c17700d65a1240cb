#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::net {

/// How a service that speaks HTTP and JSON is reached.
struct service_options {
  /// Such as `http://127.0.0.1:2379`; when one does not answer the next is asked, next time.
  std::vector<std::string> addresses;
  std::string authority;  ///< file with the certificates that sign its own; empty: the system's
  /// Gives the token that is sent along; asked for every request, for tokens are replaced. Null:
  /// none.
  std::function<std::string()> token;
  std::int64_t timeout_ms = 1000;  ///< to connect, and then until something comes
};

/// Asks a service such as etcd or the API of Kubernetes. Used on one thread; blocks.
class service_client {
 public:
  enum class verb : std::uint8_t { get, post, put };
  struct answer {
    int status = 0;
    std::string body;
  };

  explicit service_client(service_options options);
  ~service_client();
  service_client(const service_client&) = delete;
  service_client& operator=(const service_client&) = delete;

  /// Errors: 5005 when nobody answers in time.
  [[nodiscard]] result<answer> ask(verb how, const std::string& path, const std::string& body = {});

 private:
  struct connection;
  service_options options_;
  std::size_t at_ = 0;  // of `addresses`
  std::unique_ptr<connection> connection_;
};

}  // namespace millrace::net
