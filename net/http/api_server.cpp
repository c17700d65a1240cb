#include "net/http/api_server.hpp"

#include "core/base/net_errors.hpp"
#include "net/http/bounded_server.hpp"

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
    case 405: return "only GET and POST are answered here";
    case 411: return "send the body with Content-Length, not in chunks";
    case 413: return "the request is too large";
    case 415: return "send the body as it is, without Content-Encoding";
    default: return "the request was refused with status " + std::to_string(status);
  }
}

std::unique_ptr<httplib::Server> make_server(const api_options& options) {
  const request_limits limits{.body_bytes = options.max_body, .silence = options.silence};
  if (options.certificate.empty()) {
    return std::make_unique<bounded_server<httplib::Server>>(limits);
  }
  auto server = std::make_unique<bounded_server<httplib::SSLServer>>(
      limits, options.certificate.c_str(), options.key.c_str());
  if (server->is_valid()) SSL_CTX_set_min_proto_version(server->ssl_context(), TLS1_2_VERSION);
  return server;
}

// The status of a request whose body would be read without a limit; 0 for one that is fine.
int refused_form(const httplib::Request& request) {
  if (request.method != "GET" && request.method != "POST" && request.method != "HEAD") return 405;
  if (request.has_header("Transfer-Encoding")) return 411;
  return request.has_header("Content-Encoding") ? 415 : 0;
}

// A request without a length has no body (RFC 9112, 6.3).
bool read_body(const httplib::Request& request, const httplib::ContentReader& read,
               std::string& body) {
  if (!request.has_header("Content-Length")) return true;
  return read([&](const char* bytes, size_t size) {
    body.append(bytes, size);
    return true;
  });
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
    if (!options.keeps_connections) server.set_keep_alive_max_count(1);
    server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty()) {
        response.set_content(plain_error(reason_of(response.status)), "application/json");
      }
    });
    server.set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          using handled = httplib::Server::HandlerResponse;
          if (const int refused = refused_form(request); refused != 0) {
            response.status = refused;
            return handled::Handled;
          }
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
    auto give = [this, answer = r.answer](const httplib::Request& request, std::string body,
                                          httplib::Response& response) {
      const access_token* token = holder(request);
      api_request asked{{},
                        std::move(body),
                        token == nullptr ? "" : token->name,
                        request.remote_addr,
                        request.target};
      for (std::size_t i = 1; i < request.matches.size(); ++i) {
        asked.parameters.push_back(request.matches[i].str());
      }
      const api_answer given = answer(asked);
      response.status = given.status;
      response.set_content(given.body, given.type.c_str());
      if (!given.location.empty()) response.set_header("Location", given.location);
    };
    if (r.verb == api_route::method::get) {
      http->Get(r.pattern, [give](const httplib::Request& request, httplib::Response& response) {
        give(request, {}, response);
      });
      return;
    }
    http->Post(r.pattern, [give](const httplib::Request& request, httplib::Response& response,
                                 const httplib::ContentReader& read) {
      std::string body;
      if (read_body(request, read, body)) return give(request, std::move(body), response);
      if (response.status < 400) response.status = 400;
    });
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
