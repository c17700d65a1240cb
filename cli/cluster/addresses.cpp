#include "cli/cluster/addresses.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace millrace::cli {

namespace {

constexpr std::uint32_t loopback_net = 127;  // 127.0.0.0/8

}  // namespace

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 &&
         ntohl(address.s_addr) >> 24U == loopback_net;
}

bool is_wildcard(const std::string& host) {
  return host.empty() || host == "*" || host == "0.0.0.0" || host == "[::]";
}

std::string bare_host(const std::string& host) {
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  return bracketed ? host.substr(1, host.size() - 2) : host;
}

result<address> read_address(const std::string& text) {
  const auto colon = text.rfind(':');
  address to;
  to.host = text.substr(0, colon);
  const char* first = text.data() + (colon == std::string::npos ? text.size() : colon + 1);
  const char* last = text.data() + text.size();
  const auto read = std::from_chars(first, last, to.port);
  if (colon != std::string::npos && colon > 0 && read.ec == std::errc() && read.ptr == last) {
    return to;
  }
  return make_error(errc::config_bad_value, "'" + text + "' is not an address",
                    "write host:port, such as 127.0.0.1:6123");
}

}  // namespace millrace::cli
