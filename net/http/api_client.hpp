#pragma once

#include "core/base/result.hpp"

#include <memory>
#include <string>

namespace millrace::net {

/// Asks an `api_server`. Used on one thread.
class api_client {
 public:
  /// `address`: `host:port`; `token`: sent along unless empty.
  api_client(const std::string& address, const std::string& token);
  ~api_client();
  api_client(const api_client&) = delete;
  api_client& operator=(const api_client&) = delete;

  struct answer {
    int status = 0;
    std::string body;
  };
  /// Errors: 5005 when nobody answers at the address.
  [[nodiscard]] result<answer> get(const std::string& path);
  [[nodiscard]] result<answer> post(const std::string& path, const std::string& body);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace millrace::net
