#pragma once

#include "core/base/result.hpp"

#include <memory>
#include <string>

namespace millrace::net {

struct client_options {
  std::string address;  ///< `host:port`, `http://host:port` or `https://host:port`
  std::string token;    ///< sent along unless empty
  std::string
      authority;  ///< a file of certificates (PEM) that sign the server's; empty: the system's
};

/// Asks an `api_server`, and goes where it sends it. A server whose certificate is not of a known
/// authority, or not for the address, is not asked. Used on one thread.
class api_client {
 public:
  explicit api_client(client_options options);
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
