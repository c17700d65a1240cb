#include "net/http/api_client.hpp"

#include "core/base/net_errors.hpp"

#include <httplib.h>

namespace millrace::net {

namespace {

// A savepoint of large state takes a while.
constexpr time_t answer_timeout_s = 3600;
constexpr time_t connect_timeout_s = 5;

std::string url_of(const std::string& address) {
  return address.find("://") == std::string::npos ? "http://" + address : address;
}

std::string advice(httplib::Error what) {
  switch (what) {
    case httplib::Error::SSLServerVerification:
    case httplib::Error::SSLLoadingCerts:
      return "its certificate is not trusted: name the one that signed it with --ca-file, and the "
             "host that it was made for";
    case httplib::Error::SSLConnection: return "does it serve TLS?";
    default: return "is a coordinator running there? Name it with --rest";
  }
}

}  // namespace

struct api_client::state {
  explicit state(const std::string& to) : address(to), client(url_of(to)) {}

  result<answer> take(const httplib::Result& got) const {
    if (got) return answer{got->status, got->body};
    return make_error(net_unreachable,
                      "no answer from " + address + ": " + httplib::to_string(got.error()),
                      advice(got.error()));
  }

  std::string address;
  httplib::Client client;
};

api_client::api_client(client_options options) : state_(std::make_unique<state>(options.address)) {
  state_->client.set_connection_timeout(connect_timeout_s);
  state_->client.set_read_timeout(answer_timeout_s);
  state_->client.set_follow_location(true);  // from one that stands by to the leader
  if (!options.token.empty()) state_->client.set_bearer_token_auth(options.token.c_str());
  if (!options.authority.empty()) {
    state_->client.set_ca_cert_path(options.authority.c_str());
  }
}

api_client::~api_client() = default;

result<api_client::answer> api_client::get(const std::string& path) {
  return state_->take(state_->client.Get(path.c_str()));
}

result<api_client::answer> api_client::post(const std::string& path, const std::string& body) {
  return state_->take(state_->client.Post(path.c_str(), body, "application/json"));
}

}  // namespace millrace::net
