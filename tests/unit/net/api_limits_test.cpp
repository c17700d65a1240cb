#include "net/http/api_server.hpp"
#include "tests/support/raw_http.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace millrace::test {
namespace {

using net::api_answer;
using net::api_request;
using net::api_route;

struct api_limits_test : testing::Test {
  void SetUp() override {
    net::api_options options;
    options.max_body = 1'000;
    options.silence = std::chrono::milliseconds(60'000);  // a machine may stand still
    std::vector<api_route> routes;
    routes.push_back({api_route::method::get, "/here", [](const api_request&) {
                        return api_answer{200, "here"};
                      }});
    routes.push_back({api_route::method::post, "/echo", [](const api_request& asked) {
                        return api_answer{200, "got " + asked.body + "."};
                      }});
    auto made = net::api_server::listen(std::move(options), std::move(routes));
    ASSERT_TRUE(made.ok());
    server = std::move(*made);
  }

  // Headers behind the first line come in `more`, with their ends.
  std::string answer(const std::string& line, const std::string& more, const std::string& body) {
    return raw_http::answer(server->port(), line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                                                more + "\r\n" + body);
  }
  // Sends pieces until the server closes; what it has said then.
  std::string answer_to_endless(const std::string& begin, const std::string& piece) {
    raw_http client(server->port());
    client.send_all(begin);
    while (client.send_all(piece)) ++pieces;
    return client.read_to_end();
  }

  std::unique_ptr<net::api_server> server;
  std::size_t pieces = 0;
};

bool has_status(const std::string& answer, int status) {
  return answer.starts_with("HTTP/1.1 " + std::to_string(status));
}

TEST_F(api_limits_test, answers_one_request_after_another) {
  const std::string one = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n";
  const auto all = raw_http::answer(server->port(), one + "ab" + one + "cd");
  EXPECT_NE(all.find("got ab."), std::string::npos) << all;
  EXPECT_NE(all.find("got cd."), std::string::npos) << all;
}

TEST_F(api_limits_test, takes_a_request_without_length_for_one_without_body) {
  EXPECT_NE(answer("POST /echo", "", "").find("got ."), std::string::npos);
}

TEST_F(api_limits_test, takes_a_body_up_to_its_limit) {
  const std::string fits(1'000, 'x');
  EXPECT_TRUE(has_status(answer("POST /echo", "Content-Length: 1000\r\n", fits), 200));
  EXPECT_TRUE(has_status(answer("POST /echo", "Content-Length: 1001\r\n", fits + "x"), 413));
  EXPECT_TRUE(has_status(answer("POST /echo", "Content-Length: 99999999999\r\n", fits), 413));
}

TEST_F(api_limits_test, refuses_bodies_whose_size_it_cannot_know) {
  EXPECT_TRUE(has_status(
      answer("POST /echo", "Transfer-Encoding: chunked\r\n", "2\r\nab\r\n0\r\n\r\n"), 411));
  EXPECT_TRUE(has_status(
      answer("POST /echo", "Content-Encoding: gzip\r\nContent-Length: 2\r\n", "ab"), 415));
}

TEST_F(api_limits_test, refuses_methods_that_it_does_not_have) {
  for (const char* method : {"PUT", "PATCH", "DELETE", "PRI", "OPTIONS"}) {
    EXPECT_TRUE(has_status(answer(std::string(method) + " /here", "", ""), 405)) << method;
  }
}

TEST_F(api_limits_test, ends_a_first_line_that_never_ends) {
  EXPECT_TRUE(
      has_status(raw_http::answer(server->port(), "GET /" + std::string(1 << 16, 'x')), 431));
  static_cast<void>(answer_to_endless("GET /", std::string(1 << 16, 'x')));
  EXPECT_LT(pieces, 1'000u);
}

TEST_F(api_limits_test, ends_headers_that_never_end) {
  static_cast<void>(answer_to_endless("GET /here HTTP/1.1\r\nX: ", std::string(1 << 16, 'x')));
  EXPECT_LT(pieces, 1'000u);
}

TEST_F(api_limits_test, ends_a_head_of_endless_headers) {
  static_cast<void>(answer_to_endless("GET /here HTTP/1.1\r\n", "X: y\r\n"));
  EXPECT_LT(pieces, 10'000'000u);
  EXPECT_TRUE(has_status(raw_http::answer(server->port(), "GET /here HTTP/1.1\r\n\r\n"), 200));
}

TEST_F(api_limits_test, ends_a_body_that_never_ends_for_a_path_that_is_none) {
  static_cast<void>(answer_to_endless("POST /none HTTP/1.1\r\n\r\n", std::string(1 << 16, 'x')));
  EXPECT_LT(pieces, 1'000u);
}

}  // namespace
}  // namespace millrace::test
