#include "net/http/request_stream.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace millrace::net {

namespace {

constexpr std::size_t largest_write = 1U << 20;

void read_address(const sockaddr_storage& from, std::string& ip, int& port) {
  char text[INET6_ADDRSTRLEN] = {};
  if (from.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    port = ntohs(v4.sin_port);
  } else if (from.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    port = ntohs(v6.sin6_port);
  }
  ip = text;
}

using address_call = int (*)(int, sockaddr*, socklen_t*);

void ask(address_call call, socket_t socket, std::string& ip, int& port) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (call(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    read_address(address, ip, port);
  }
}

}  // namespace

// The peer is told that nothing was cut off; its own farewell is not waited for.
void request_stream::session_closer::operator()(SSL* session) const {
  SSL_shutdown(session);
  SSL_free(session);
}

request_stream::request_stream(socket_t socket, const request_limits& limits, SSL_CTX* tls)
    : socket_(socket), limits_(limits) {
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
  if (tls == nullptr) return;
  session_.reset(SSL_new(tls));
  if (session_) SSL_set_fd(session_.get(), socket);
}

bool request_stream::shake_hands() {
  if (!session_) return true;
  return try_until(clock::now() + limits_.longest, POLLIN,
                   [this] { return SSL_accept(session_.get()); }) > 0;
}

int request_stream::missing(ssize_t result, int events) const {
  if (!session_) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? events : 0;
  }
  switch (SSL_get_error(session_.get(), static_cast<int>(result))) {
    case SSL_ERROR_WANT_READ: return POLLIN;
    case SSL_ERROR_WANT_WRITE: return POLLOUT;
    default: return 0;
  }
}

template <class Step>
ssize_t request_stream::try_until(clock::time_point until, int events, Step step) const {
  for (;;) {
    ERR_clear_error();
    const ssize_t result = step();
    if (result >= 0 && (result > 0 || !session_)) return result;
    const int needed = missing(result, events);
    if (needed == 0) return result;
    if (!wait(needed, std::min(until, clock::now() + limits_.silence))) return -1;
  }
}

bool request_stream::has_some() const {
  return begin_ < end_ || (session_ && SSL_pending(session_.get()) > 0);
}

bool request_stream::wait_for_request(std::chrono::milliseconds longest) {
  return has_some() || wait(POLLIN, clock::now() + longest);
}

void request_stream::begin_request() {
  in_head_ = true;
  line_is_empty_ = false;
  taken_ = 0;
  answered_ = false;
  read_until_ = clock::now() + limits_.longest;
}

bool request_stream::wait(int events, clock::time_point until) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
  pollfd one{socket_, static_cast<short>(events), 0};
  return poll(&one, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) > 0;
}

bool request_stream::is_readable() const { return has_some() || wait(POLLIN, read_until_); }

bool request_stream::is_writable() const { return wait(POLLOUT, clock::now() + limits_.silence); }

// Bytes that the request may still bring, now.
std::size_t request_stream::allowance() const {
  return (in_head_ ? limits_.head_bytes : limits_.body_bytes) - taken_;
}

bool request_stream::fill() {
  const ssize_t got = try_until(read_until_, POLLIN, [this]() -> ssize_t {
    if (session_) return SSL_read(session_.get(), buffer_, sizeof buffer_);
    return recv(socket_, buffer_, sizeof buffer_, 0);
  });
  begin_ = 0;
  end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return got >= 0;
}

ssize_t request_stream::read(char* to, size_t size) {
  if (size == 0) return 0;
  over_limit_ = over_limit_ || allowance() == 0 || clock::now() >= read_until_;
  if (over_limit_ || (begin_ == end_ && !fill())) return -1;
  // Of a head byte by byte, as cpp-httplib reads it: what is behind it counts as body.
  const std::size_t most = in_head_ ? 1 : allowance();
  const std::size_t given = std::min({size, most, end_ - begin_});
  std::memcpy(to, buffer_ + begin_, given);
  count(buffer_ + begin_, given);
  begin_ += given;
  return static_cast<ssize_t>(given);
}

void request_stream::count(const char* bytes, std::size_t size) {
  taken_ += size;
  if (!in_head_ || size == 0) return;
  const bool ends = *bytes == '\n' && line_is_empty_;
  if (*bytes != '\r') line_is_empty_ = *bytes == '\n';
  if (!ends) return;
  in_head_ = false;
  taken_ = 0;
}

ssize_t request_stream::write(const char* from, size_t size) {
  if (size == 0) return 0;
  if (!answered_) write_until_ = clock::now() + limits_.longest;
  answered_ = true;
  const std::size_t most = std::min(size, largest_write);
  return try_until(write_until_, POLLOUT, [&]() -> ssize_t {
    if (session_) return SSL_write(session_.get(), from, static_cast<int>(most));
    return send(socket_, from, most, MSG_NOSIGNAL);
  });
}

void request_stream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ask(&getpeername, socket_, ip, port);
}

void request_stream::get_local_ip_and_port(std::string& ip, int& port) const {
  ask(&getsockname, socket_, ip, port);
}

}  // namespace millrace::net
