#include "net/http/api_client.hpp"

#include "core/base/net_errors.hpp"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace millrace::net {

namespace {

// A savepoint of large state takes a while.
constexpr time_t answer_timeout_s = 3600;
constexpr time_t connect_timeout_s = 5;
constexpr int go_there = 307;
constexpr int unavailable = 503;
constexpr int most_hops = 3;
constexpr std::int64_t pause_ms = 100;
// A port changes hands when one that stood by begins to lead.
constexpr std::int64_t unheard_patience_ms = 1000;

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

// What came back, and from where.
struct reply {
  std::string address;
  httplib::Result got;
  bool was_sent_on = false;
};

struct place {
  std::string server;
  std::string target;
};

place split(const std::string& url) {
  const auto host = url.find("://");
  const auto path = host == url.npos ? url.npos : url.find('/', host + 3);
  if (path == url.npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

// And so nobody has begun to do what was asked.
bool lacks_leader(const reply& last) {
  if (last.got) return last.got->status == unavailable;
  return last.got.error() == httplib::Error::Connection;
}

result<api_client::answer> to_answer(const reply& last) {
  if (last.got) return api_client::answer{last.got->status, last.got->body};
  return make_error(net_unreachable,
                    "no answer from " + last.address + ": " + httplib::to_string(last.got.error()),
                    advice(last.got.error()));
}

}  // namespace

struct api_client::state {
  using request = std::function<httplib::Result(httplib::Client&, const char* target)>;

  explicit state(client_options o) : options(std::move(o)), client(connect(options.address)) {}

  std::unique_ptr<httplib::Client> connect(const std::string& to) const {
    auto made = std::make_unique<httplib::Client>(url_of(to));
    made->set_connection_timeout(connect_timeout_s);
    made->set_read_timeout(answer_timeout_s);
    if (!options.token.empty()) made->set_bearer_token_auth(options.token.c_str());
    if (!options.authority.empty()) made->set_ca_cert_path(options.authority.c_str());
    return made;
  }

  result<answer> ask(const request& send, const std::string& target);
  reply ask_once(const request& send, const std::string& target) const;

  client_options options;
  std::unique_ptr<httplib::Client> client;
};

// From one that stands by to the leader it knows of, which may have become another's standby.
reply api_client::state::ask_once(const request& send, const std::string& target) const {
  reply last{options.address, send(*client, target.c_str())};
  for (int hop = 0; hop < most_hops && last.got && last.got->status == go_there; ++hop) {
    const place next = split(last.got->get_header_value("Location"));
    last = {next.server, send(*connect(next.server), next.target.c_str()), true};
  }
  return last;
}

result<api_client::answer> api_client::state::ask(const request& send, const std::string& target) {
  bool heard = false;
  std::int64_t waited = 0;
  while (true) {
    const reply last = ask_once(send, target);
    heard = heard || last.got || last.was_sent_on;
    const auto patience =
        heard ? options.patience_ms : std::min(options.patience_ms, unheard_patience_ms);
    if (!lacks_leader(last) || waited >= patience) return to_answer(last);
    options.pause ? options.pause(pause_ms)
                  : std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    waited += pause_ms;
  }
}

api_client::api_client(client_options options)
    : state_(std::make_unique<state>(std::move(options))) {}

api_client::~api_client() = default;

result<api_client::answer> api_client::get(const std::string& path) {
  return state_->ask([](httplib::Client& to, const char* target) { return to.Get(target); }, path);
}

result<api_client::answer> api_client::post(const std::string& path, const std::string& body) {
  return state_->ask(
      [&body](httplib::Client& to, const char* target) {
        return to.Post(target, body, "application/json");
      },
      path);
}

}  // namespace millrace::net
