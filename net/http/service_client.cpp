#include "net/http/service_client.hpp"

#include "core/base/net_errors.hpp"

#include <httplib.h>

#include <utility>

namespace millrace::net {

struct service_client::connection {
  explicit connection(const std::string& address) : client(address) {}
  httplib::Client client;
};

namespace {

void set_limits(httplib::Client& client, const service_options& options) {
  const auto seconds = static_cast<time_t>(options.timeout_ms / 1000);
  const auto microseconds = static_cast<time_t>(options.timeout_ms % 1000 * 1000);
  client.set_connection_timeout(seconds, microseconds);
  client.set_read_timeout(seconds, microseconds);
  client.set_write_timeout(seconds, microseconds);
  client.set_keep_alive(true);
  if (options.authority.empty()) return;
  client.set_ca_cert_path(options.authority.c_str());
}

httplib::Result send(httplib::Client& client, service_client::verb how, const std::string& path,
                     const std::string& body) {
  constexpr const char* type = "application/json";
  switch (how) {
    case service_client::verb::get: return client.Get(path.c_str());
    case service_client::verb::post: return client.Post(path.c_str(), body, type);
    case service_client::verb::put: break;
  }
  return client.Put(path.c_str(), body, type);
}

}  // namespace

service_client::service_client(service_options options) : options_(std::move(options)) {}
service_client::~service_client() = default;

result<service_client::answer> service_client::ask(verb how, const std::string& path,
                                                   const std::string& body) {
  const std::string& address = options_.addresses[at_];
  if (!connection_) {
    connection_ = std::make_unique<connection>(address);
    set_limits(connection_->client, options_);
  }
  if (options_.token) connection_->client.set_bearer_token_auth(options_.token().c_str());
  const auto got = send(connection_->client, how, path, body);
  if (got) return answer{got->status, got->body};
  connection_.reset();
  at_ = (at_ + 1) % options_.addresses.size();
  return make_error(net_unreachable,
                    "no answer from " + address + ": " + httplib::to_string(got.error()),
                    "is it running there?");
}

}  // namespace millrace::net
