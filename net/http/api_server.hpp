#pragma once

#include "core/base/result.hpp"
#include "net/http/access_token.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::net {

/// A request as a route gets it.
struct api_request {
  std::vector<std::string> parameters;  ///< what the groups of the route's pattern matched
  std::string body;
  std::string who;          ///< the name of the token that was shown; empty: none is asked for
  std::string from;         ///< the client's address
  std::string target = {};  ///< path and query, as they were sent
};

struct api_answer {
  int status = 200;
  std::string body;
  std::string type = "application/json";
  std::string location = {};  ///< where to ask instead, with 307
};

struct api_route {
  enum class method : std::uint8_t { get, post };
  method verb = method::get;
  std::string pattern;  ///< a regular expression of the whole path
  /// Called on the server's threads, several at a time; may block.
  std::function<api_answer(const api_request&)> answer;
  bool open = false;  ///< answered without a token
};

struct api_options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  /// One of them is asked for as `Authorization: Bearer`; none: nobody is asked.
  std::vector<access_token> tokens;
  std::string certificate;          ///< a file in PEM form, with `key` for TLS; empty: plain HTTP
  std::string key;                  ///< of the certificate, a file in PEM form
  std::size_t max_body = 4U << 20;  ///< larger ones are refused with 413
  std::chrono::milliseconds silence{5'000};  ///< a peer that says nothing for that long is let go
  /// Somebody came without a token that counts. Called on the server's threads.
  std::function<void(const std::string& from, const std::string& path)> on_refused;
  bool keeps_connections = true;  ///< false: a connection ends with its first answer
};

/// An HTTP server for JSON. Errors of its own (401, 404, 405, 411, 413, 415, 431) have the body
/// `{"error":{"message":...}}`. Heads of more than 64 KiB are refused, bodies without a length or
/// compressed, too, and a request takes 30 s at most. Dropping it closes the port and waits for
/// answers under way.
class api_server {
 public:
  /// Errors: 5004 when it cannot listen there; 1004 for a certificate or key that cannot be used.
  [[nodiscard]] static result<std::unique_ptr<api_server>> listen(api_options options,
                                                                  std::vector<api_route> routes);
  ~api_server();
  api_server(const api_server&) = delete;
  api_server& operator=(const api_server&) = delete;
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct state;
  explicit api_server(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

}  // namespace millrace::net
