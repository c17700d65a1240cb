#include "net/http/api_client.hpp"

#include "core/base/net_errors.hpp"
#include "net/http/pulse_watch.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>

namespace millrace::net {

namespace {

// A savepoint of large state takes a while; the pulse tells whether its server lives.
constexpr std::chrono::hours longest_work{24};
constexpr std::chrono::milliseconds connect_timeout{5'000};
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
    case httplib::Error::SSLConnection: return "does it serve TLS, and is its process running?";
    default: return "is a coordinator running there? Name it with --rest";
  }
}

error silence(const std::string& address, std::int64_t silent_ms) {
  return make_error(
      net_unreachable,
      fmt::format("{} has taken the request and been silent for {} s", address,
                  static_cast<double>(silent_ms) / 1e3),
      "is its process stopped, or the network cut? What was asked for may be done all "
      "the same: look with 'millrace list'; --timeout waits longer");
}

// What came back, and from where.
struct reply {
  std::string address;
  httplib::Result got;
  bool was_sent_on = false;
  bool was_silent = false;  // for as long as it may be
};

// How long an answer may take.
enum class answer_time : std::uint8_t { brief, as_the_work };

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

result<api_client::answer> to_answer(const reply& last, std::int64_t silence_ms) {
  if (last.got) return api_client::answer{last.got->status, last.got->body};
  if (last.was_silent) return silence(last.address, silence_ms);
  return make_error(net_unreachable,
                    "no answer from " + last.address + ": " + httplib::to_string(last.got.error()),
                    advice(last.got.error()));
}

}  // namespace

struct api_client::state {
  using request = std::function<httplib::Result(httplib::Client&, const char* target)>;

  explicit state(client_options o) : options(std::move(o)) {}

  std::unique_ptr<httplib::Client> connect(const std::string& to,
                                           std::chrono::milliseconds most_silence) const {
    auto made = std::make_unique<httplib::Client>(url_of(to));
    made->set_connection_timeout(std::min(connect_timeout, most_silence));
    made->set_read_timeout(most_silence);
    if (!options.token.empty()) made->set_bearer_token_auth(options.token.c_str());
    if (!options.authority.empty()) made->set_ca_cert_path(options.authority.c_str());
    return made;
  }

  result<answer> ask(const request& send, const std::string& target, answer_time takes);
  reply ask_once(const request& send, const std::string& target, answer_time takes) const;
  reply ask_soon(const place& where, const request& send) const;
  reply ask_patiently(const place& where, const request& send) const;
  reply ask_at(const place& where, const request& send, answer_time takes) const;

  client_options options;
};

// A connection that breaks earlier is no silence: its server has died.
reply api_client::state::ask_soon(const place& where, const request& send) const {
  const std::chrono::milliseconds silence(options.silence_ms);
  const auto begin = std::chrono::steady_clock::now();
  reply last{where.server, send(*connect(where.server, silence), where.target.c_str())};
  last.was_silent = !last.got && last.got.error() != httplib::Error::Connection &&
                    std::chrono::steady_clock::now() - begin >= silence;
  return last;
}

// Waits for as long as the server has a pulse: it answers another question, too, within half of the
// silence that is allowed, asked each other half.
reply api_client::state::ask_patiently(const place& where, const request& send) const {
  const std::chrono::milliseconds half(options.silence_ms / 2);
  const auto client = connect(where.server, longest_work);
  const auto probe = connect(where.server, half);
  pulse_watch watch(
      half, [&] { return bool(probe->Get("/healthz")); }, [&] { client->stop(); });
  reply last{where.server, send(*client, where.target.c_str())};
  last.was_silent = watch.end() && !last.got;
  return last;
}

reply api_client::state::ask_at(const place& where, const request& send, answer_time takes) const {
  return takes == answer_time::brief ? ask_soon(where, send) : ask_patiently(where, send);
}

// From one that stands by to the leader it knows of, which may have become another's standby.
reply api_client::state::ask_once(const request& send, const std::string& target,
                                  answer_time takes) const {
  reply last = ask_at({options.address, target}, send, takes);
  for (int hop = 0; hop < most_hops && last.got && last.got->status == go_there; ++hop) {
    last = ask_at(split(last.got->get_header_value("Location")), send, takes);
    last.was_sent_on = true;
  }
  return last;
}

result<api_client::answer> api_client::state::ask(const request& send, const std::string& target,
                                                  answer_time takes) {
  bool heard = false;
  std::int64_t waited = 0;
  while (true) {
    const reply last = ask_once(send, target, takes);
    heard = heard || last.got || last.was_sent_on;
    const auto patience =
        heard ? options.patience_ms : std::min(options.patience_ms, unheard_patience_ms);
    if (!lacks_leader(last) || waited >= patience) return to_answer(last, options.silence_ms);
    options.pause ? options.pause(pause_ms)
                  : std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    waited += pause_ms;
  }
}

api_client::api_client(client_options options)
    : state_(std::make_unique<state>(std::move(options))) {}

api_client::~api_client() = default;

result<api_client::answer> api_client::get(const std::string& path) {
  return state_->ask([](httplib::Client& to, const char* target) { return to.Get(target); }, path,
                     answer_time::brief);
}

result<api_client::answer> api_client::post(const std::string& path, const std::string& body) {
  return state_->ask(
      [&body](httplib::Client& to, const char* target) {
        return to.Post(target, body, "application/json");
      },
      path, answer_time::as_the_work);
}

}  // namespace millrace::net
