#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace millrace::net {

struct client_options {
  std::string address;  ///< `host:port`, `http://host:port` or `https://host:port`
  std::string token;    ///< sent along unless empty
  std::string
      authority;  ///< a file of certificates (PEM) that sign the server's; empty: the system's
  /// For how long it asks again while nobody leads: those who stand by answer 503, or send it to a
  /// leader that has gone. 0: not at all. Where nobody has answered yet, a second at most.
  std::int64_t patience_ms = 0;
  std::function<void(std::int64_t ms)> pause = {};  ///< between two tries; null: sleeps
  /// For how long a server may be silent, 2 ms or more: one that is stopped or cut off takes
  /// connections and never answers.
  std::int64_t silence_ms = 30'000;
};

/// Asks an `api_server`, and goes where it sends it. Nothing is asked again that somebody may have
/// begun to do. A server whose certificate is not of a known
/// authority, or not for the address, is not asked. Used on one thread; it has another one look
/// after a server during a long request.
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
  /// Errors: 5005 when nobody answers at the address, or in time; then what was asked for may be
  /// done all the same.
  [[nodiscard]] result<answer> get(const std::string& path);
  /// What is asked for may take long: the answer may, too, while the server answers `/healthz`.
  /// Errors: as of `get`.
  [[nodiscard]] result<answer> post(const std::string& path, const std::string& body);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace millrace::net
