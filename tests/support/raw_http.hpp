#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::test {

/// A client of HTTP that sends what it is told, right or wrong. Being cut off is no failure of it.
class raw_http {
 public:
  explicit raw_http(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~raw_http() { close(socket_); }
  raw_http(const raw_http&) = delete;
  raw_http& operator=(const raw_http&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  /// False: the server has closed.
  bool send_all(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// All until the server closes.
  std::string read_to_end() {
    std::string all;
    char piece[4096];
    for (ssize_t got; (got = recv(socket_, piece, sizeof piece, 0)) > 0;) {
      all.append(piece, static_cast<std::size_t>(got));
    }
    return all;
  }

  /// What the server says to a text that is the only one of its connection.
  static std::string answer(std::uint16_t port, std::string_view text) {
    raw_http client(port);
    client.send_all(text);
    shutdown(client.socket_, SHUT_WR);
    return client.read_to_end();
  }

 private:
  int socket_;
  bool connected_ = false;
};

}  // namespace millrace::test
