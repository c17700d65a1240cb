#pragma once

#include "core/base/result.hpp"

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
};

struct api_answer {
  int status = 200;
  std::string body;
  std::string type = "application/json";
};

struct api_route {
  enum class method : std::uint8_t { get, post };
  method verb = method::get;
  std::string pattern;  ///< a regular expression of the whole path
  /// Called on the server's threads, several at a time; may block.
  std::function<api_answer(const api_request&)> answer;
};

struct api_options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;           ///< 0: any free one
  std::string token;                ///< asked for as `Authorization: Bearer`; empty: nobody is
  std::size_t max_body = 4U << 20;  ///< larger ones are refused with 413
  std::int64_t read_timeout_s = 5;
};

/// An HTTP server for JSON. Errors of its own (404, 413, 401) have the body
/// `{"error":{"message":...}}`. Dropping it closes the port and waits for answers under way.
class api_server {
 public:
  /// Errors: 5004 when it cannot listen there.
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
