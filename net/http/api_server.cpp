#include "net/http/api_server.hpp"

#include "core/base/net_errors.hpp"

#include <httplib.h>

#include <atomic>
#include <thread>
#include <utility>

namespace millrace::net {

namespace {

constexpr std::size_t threads = 8;

std::string plain_error(const std::string& message) {
  return R"({"error":{"message":")" + message + R"("}})" + "\n";
}

std::string reason_of(int status) {
  switch (status) {
    case 401: return "a token is needed: send it as Authorization: Bearer";
    case 404: return "there is no such path; /api/v1/openapi.json lists those that are";
    case 413: return "the request is too large";
    default: return "the request was refused with status " + std::to_string(status);
  }
}

// As long as the right one, and every byte looked at: the time tells nothing of it.
bool same_token(const std::string& given, const std::string& wanted) {
  unsigned difference = given.size() == wanted.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |= static_cast<unsigned char>(given[i] ^ wanted[i % wanted.size()]);
  }
  return difference == 0;
}

}  // namespace

struct api_server::state {
  api_options options;
  httplib::Server server;
  std::uint16_t port = 0;
  std::atomic<bool> ended = false;  // the listener
  std::thread listener;

  // The library would share the port with whoever asks for it, too.
  static void take_port_alone(socket_t s) {
    const int yes = 1;
    ::setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  }

  void limit() {
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
          if (options.token.empty()) return handled::Unhandled;
          const std::string given = request.get_header_value("Authorization");
          if (same_token(given, "Bearer " + options.token)) return handled::Unhandled;
          response.status = 401;
          return handled::Handled;
        });
  }

  void route(const api_route& r) {
    auto handler = [answer = r.answer](const httplib::Request& request,
                                       httplib::Response& response) {
      api_request asked{{}, request.body};
      for (std::size_t i = 1; i < request.matches.size(); ++i) {
        asked.parameters.push_back(request.matches[i].str());
      }
      const api_answer given = answer(asked);
      response.status = given.status;
      response.set_content(given.body, given.type.c_str());
    };
    if (r.verb == api_route::method::get) {
      server.Get(r.pattern, std::move(handler));
    } else {
      server.Post(r.pattern, std::move(handler));
    }
  }

  bool bind() {
    const char* address = options.address.c_str();
    if (options.port != 0) {
      port = options.port;
      return server.bind_to_port(address, options.port);
    }
    const int bound = server.bind_to_any_port(address);
    port = static_cast<std::uint16_t>(bound);
    return bound > 0;
  }

  // A stop before the listener runs would be missed.
  void start() {
    listener = std::thread([this] {
      server.listen_after_bind();
      ended = true;
    });
    while (!server.is_running() && !ended) std::this_thread::yield();
  }
};

api_server::api_server(std::unique_ptr<state> s) : state_(std::move(s)) {}

result<std::unique_ptr<api_server>> api_server::listen(api_options options,
                                                       std::vector<api_route> routes) {
  auto made = std::make_unique<state>();
  made->options = std::move(options);
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
  state_->server.stop();
  state_->listener.join();
}

std::uint16_t api_server::port() const { return state_->port; }

}  // namespace millrace::net
