#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace millrace::net {

/// What one request may cost its server.
struct request_limits {
  std::size_t head_bytes = 64U << 10;  ///< the line of the request and its headers
  std::size_t body_bytes = 4U << 20;   ///< as they travel
  std::chrono::milliseconds silence{5'000};
  /// For all of a request; and for all of its answer, once more.
  std::chrono::milliseconds longest{30'000};
};

/// A connection whose requests end at limits: cpp-httplib 0.11 itself bounds neither a line, nor
/// the number of headers, nor the time that a peer takes who sends a byte now and then.
///
/// Made for an accepted socket, which it does not own; used by one thread. What came too early
/// stays for the next request.
class request_stream final : public httplib::Stream {
 public:
  /// With `tls`, what comes is decrypted.
  request_stream(socket_t socket, const request_limits& limits, SSL_CTX* tls);

  /// Of TLS, nothing without it; false: the peer does not know how.
  [[nodiscard]] bool shake_hands();

  /// Waits for the first byte of a request; false: none came in time, or the peer has gone.
  [[nodiscard]] bool wait_for_request(std::chrono::milliseconds longest);
  /// From here on the limits count anew.
  void begin_request();
  /// The request was cut off at a limit; the connection cannot be used any more.
  [[nodiscard]] bool over_limit() const { return over_limit_; }
  [[nodiscard]] bool answered() const { return answered_; }

  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override;
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  using clock = std::chrono::steady_clock;

  struct session_closer {
    void operator()(SSL* session) const;
  };
  /// Tries what does not block until it is done, waiting between; gives what it gave at last.
  template <class Step>
  ssize_t try_until(clock::time_point until, int events, Step step) const;
  [[nodiscard]] bool has_some() const;
  [[nodiscard]] bool fill();
  [[nodiscard]] std::size_t allowance() const;
  void count(const char* bytes, std::size_t size);
  [[nodiscard]] bool wait(int events, clock::time_point until) const;
  /// What a try that has failed waits for; 0: nothing will help.
  [[nodiscard]] int missing(ssize_t result, int events) const;

  socket_t socket_;
  request_limits limits_;
  std::unique_ptr<SSL, session_closer> session_;  // null: plain
  char buffer_[8192] = {};
  std::size_t begin_ = 0;  // of what is read and not handed out
  std::size_t end_ = 0;
  bool in_head_ = true;
  bool line_is_empty_ = false;  // so far: the head ends with such a line
  std::size_t taken_ = 0;       // of the head, then of the body
  bool over_limit_ = false;
  bool answered_ = false;
  clock::time_point read_until_;
  clock::time_point write_until_;
};

}  // namespace millrace::net
