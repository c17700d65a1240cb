#pragma once

#include "net/http/request_stream.hpp"

#include <functional>
#include <utility>

namespace millrace::net {

/// The way from a connection to answers: `answer` reads one request of the stream and says whether
/// it was good, and whether the connection is to be closed behind it.
struct request_handler {
  std::function<bool()> is_running;
  std::function<bool(httplib::Stream&, bool last, bool& closed)> answer;
  std::size_t most_requests = 0;  ///< of one connection
};

/// Answers the requests of an accepted connection until it ends or one goes beyond the limits,
/// which is refused; closes the socket. With `tls`, what comes is decrypted. False: the last one
/// failed.
bool serve_connection(socket_t socket, SSL_CTX* tls, const request_limits& limits,
                      const request_handler& handler);

/// A server of cpp-httplib, plain or with TLS, whose requests are bounded in bytes and time.
template <class Server>
class bounded_server final : public Server {
 public:
  template <class... Arguments>
  explicit bounded_server(const request_limits& limits, Arguments&&... arguments)
      : Server(std::forward<Arguments>(arguments)...), limits_(limits) {}

 private:
  bool process_and_close_socket(socket_t socket) override {
    SSL_CTX* tls = nullptr;
    if constexpr (requires { this->ssl_context(); }) tls = this->ssl_context();
    const auto is_running = [this] { return this->svr_sock_ != INVALID_SOCKET; };
    const auto answer = [this](httplib::Stream& stream, bool last, bool& closed) {
      return this->process_request(stream, last, closed, nullptr);
    };
    return serve_connection(socket, tls, limits_,
                            {is_running, answer, this->keep_alive_max_count_});
  }

  request_limits limits_;
};

}  // namespace millrace::net
