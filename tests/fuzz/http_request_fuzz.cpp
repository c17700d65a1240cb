// What a client sends to the REST server, over a connection of its own. Whatever it is, the server
// closes the connection, answers nothing but HTTP, gives no route a body above the limit, and
// serves the next client.

#include "net/http/api_server.hpp"
#include "tests/support/raw_http.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace millrace;

constexpr std::size_t max_body = 256;

net::api_answer echo(const net::api_request& asked) {
  if (asked.body.size() > max_body) std::abort();
  return {200, "got " + asked.body};
}

net::api_server& server() {
  static const std::unique_ptr<net::api_server> one = [] {
    net::api_options options;
    options.max_body = max_body;
    options.tokens = {};
    auto made = net::api_server::listen(
        std::move(options), {{net::api_route::method::get, "/jobs/([0-9a-f]{1,16})", &echo},
                             {net::api_route::method::post, "/jobs", &echo}});
    if (!made) std::abort();
    return std::move(*made);
  }();
  return *one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::uint16_t port = server().port();
  const std::string answer = test::raw_http::answer(port, input);
  if (!answer.empty() && !answer.starts_with("HTTP/1.1 ")) std::abort();
  static std::uint64_t requests = 0;
  if (++requests % 64 != 0) return 0;
  const std::string well = "GET /jobs/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  if (!test::raw_http::answer(port, well).starts_with("HTTP/1.1 200")) std::abort();
  return 0;
}
