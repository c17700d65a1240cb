#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace millrace::cli {

/// `host:port`; an IPv6 address stands in brackets.
struct address {
  std::string host;
  std::uint16_t port = 0;
  [[nodiscard]] std::string text() const { return host + ":" + std::to_string(port); }
};

/// Errors: 1002.
[[nodiscard]] result<address> read_address(const std::string& text);

/// Only this machine reaches it. A name other than `localhost` counts as an address of others.
[[nodiscard]] bool is_loopback(const std::string& host);
/// Without the brackets of an IPv6 address.
[[nodiscard]] std::string bare_host(const std::string& host);
/// All addresses of the machine: good to listen on, no place to go to.
[[nodiscard]] bool is_wildcard(const std::string& host);

}  // namespace millrace::cli
