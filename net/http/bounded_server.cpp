#include "net/http/bounded_server.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace millrace::net {

namespace {

// What cpp-httplib does not say when it cannot read a first line to its end.
std::string refusal() {
  const std::string body =
      "{\"error\":{\"message\":\"the request's head is too long, or took too long\"}}\n";
  return "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n"
         "Content-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Closing with bytes unread would take the answer from the peer; those of one that goes on sending
// are not waited for.
void close_behind_answer(socket_t socket) {
  shutdown(socket, SHUT_WR);
  char unread[4096];
  for (int i = 0; i < 64 && recv(socket, unread, sizeof unread, MSG_DONTWAIT) > 0; ++i) continue;
  shutdown(socket, SHUT_RDWR);
  close(socket);
}

// In short steps, so that a stop is noticed.
bool is_wanted(request_stream& stream, const request_limits& limits,
               const request_handler& handler) {
  constexpr std::chrono::milliseconds step{100};
  for (std::chrono::milliseconds waited{0}; waited < limits.silence; waited += step) {
    if (!handler.is_running()) return false;
    if (stream.wait_for_request(step)) return true;
  }
  return false;
}

// False: the connection is over.
bool answer_one(request_stream& stream, const request_handler& handler, bool last) {
  stream.begin_request();
  bool closed = false;
  const bool good = handler.answer(stream, last, closed);
  if (stream.over_limit() && !stream.answered()) {
    const std::string answer = refusal();
    stream.write(answer.data(), answer.size());
  }
  return good && !closed && !stream.over_limit();
}

}  // namespace

bool serve_connection(socket_t socket, SSL_CTX* tls, const request_limits& limits,
                      const request_handler& handler) {
  bool good = true;
  {
    request_stream stream(socket, limits, tls);
    good = stream.shake_hands();
    for (auto left = handler.most_requests; good && left > 0 && is_wanted(stream, limits, handler);
         --left) {
      good = answer_one(stream, handler, left == 1);
    }
  }
  close_behind_answer(socket);
  return good;
}

}  // namespace millrace::net
