#include "net/http/api_server.hpp"

#include "core/base/net_errors.hpp"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <string_view>
#include <thread>
#include <utility>

namespace millrace::net {

namespace {

constexpr std::size_t threads = 8;

constexpr std::string_view bearer = "Bearer ";

std::string plain_error(const std::string& message) {
  return R"({"error":{"message":")" + message + R"("}})" + "\n";
}

std::string reason_of(int status) {
  switch (status) {
    case 401: return "a token is needed: send it as Authorization: Bearer, or give --token-file";
    case 404: return "there is no such path; /api/v1/openapi.json lists those that are";
    case 413: return "the request is too large";
    default: return "the request was refused with status " + std::to_string(status);
  }
}

std::unique_ptr<httplib::Server> make_server(const api_options& options) {
  if (options.certificate.empty()) return std::make_unique<httplib::Server>();
  auto server =
      std::make_unique<httplib::SSLServer>(options.certificate.c_str(), options.key.c_str());
  if (server->is_valid()) SSL_CTX_set_min_proto_version(server->ssl_context(), TLS1_2_VERSION);
  return server;
}

}  // namespace

struct api_server::state {
  api_options options;
  std::unique_ptr<httplib::Server> http;
  std::vector<std::string> open_paths;
  std::uint16_t port = 0;
  std::atomic<bool> ended = false;  // the listener
  std::thread listener;

  // The library would share the port with whoever asks for it, too.
  static void take_port_alone(socket_t s) {
    const int yes = 1;
    ::setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  }

  const access_token* holder(const httplib::Request& request) const {
    const std::string given = request.get_header_value("Authorization");
    if (!given.starts_with(bearer)) return nullptr;
    return find_token(options.tokens, std::string_view(given).substr(bearer.size()));
  }

  bool is_open(const std::string& path) const {
    return std::ranges::find(open_paths, path) != open_paths.end();
  }

  void limit() {
    httplib::Server& server = *http;
    server.set_socket_options(&take_port_alone);
    server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
    server.set_payload_max_length(options.max_body);
    server.set_read_timeout(options.read_timeout_s);
    server.set_write_timeout(options.read_timeout_s);
    server.set_keep_alive_timeout(options.read_timeout_s);
    server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty()) {
        response.set_content(plain_error(reason_of(response.status)), "application/json");
      }
    });
    server.set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          using handled = httplib::Server::HandlerResponse;
          const bool free = options.tokens.empty() || is_open(request.path);
          if (free || holder(request) != nullptr) return handled::Unhandled;
          if (options.on_refused) options.on_refused(request.remote_addr, request.path);
          response.status = 401;
          response.set_header("WWW-Authenticate", "Bearer");
          return handled::Handled;
        });
  }

  void route(const api_route& r) {
    if (r.open) open_paths.push_back(r.pattern);
    auto handler = [this, answer = r.answer](const httplib::Request& request,
                                             httplib::Response& response) {
      const access_token* token = holder(request);
      api_request asked{{}, request.body, token == nullptr ? "" : token->name, request.remote_addr};
      for (std::size_t i = 1; i < request.matches.size(); ++i) {
        asked.parameters.push_back(request.matches[i].str());
      }
      const api_answer given = answer(asked);
      response.status = given.status;
      response.set_content(given.body, given.type.c_str());
    };
    if (r.verb == api_route::method::get) {
      http->Get(r.pattern, std::move(handler));
    } else {
      http->Post(r.pattern, std::move(handler));
    }
  }

  bool bind() {
    const char* address = options.address.c_str();
    if (options.port != 0) {
      port = options.port;
      return http->bind_to_port(address, options.port);
    }
    const int bound = http->bind_to_any_port(address);
    port = static_cast<std::uint16_t>(bound);
    return bound > 0;
  }

  // A stop before the listener runs would be missed.
  void start() {
    listener = std::thread([this] {
      http->listen_after_bind();
      ended = true;
    });
    while (!http->is_running() && !ended) std::this_thread::yield();
  }
};

api_server::api_server(std::unique_ptr<state> s) : state_(std::move(s)) {}

result<std::unique_ptr<api_server>> api_server::listen(api_options options,
                                                       std::vector<api_route> routes) {
  auto made = std::make_unique<state>();
  made->options = std::move(options);
  made->http = make_server(made->options);
  if (!made->http->is_valid()) {
    return make_error(errc::config_file_unreadable,
                      "no TLS with certificate '" + made->options.certificate + "' and key '" +
                          made->options.key + "'",
                      "both are files in PEM form, the key is that of the certificate");
  }
  made->limit();
  for (const api_route& r : routes) made->route(r);
  if (!made->bind()) {
    return make_error(
        net_cannot_listen,
        "cannot listen on " + made->options.address + ":" + std::to_string(made->options.port),
        "choose another port; 0 takes a free one");
  }
  made->start();
  return std::unique_ptr<api_server>(new api_server(std::move(made)));
}

api_server::~api_server() {
  state_->http->stop();
  state_->listener.join();
}

std::uint16_t api_server::port() const { return state_->port; }

}  // namespace millrace::net
