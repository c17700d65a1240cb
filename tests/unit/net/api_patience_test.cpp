#include "core/base/net_errors.hpp"
#include "net/http/api_client.hpp"
#include "net/http/api_server.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace millrace::net {
namespace {

constexpr int done = 200;
constexpr int go_there = 307;
constexpr int unavailable = 503;

std::unique_ptr<api_server> serve(std::function<api_answer(const api_request&)> answer) {
  auto server = api_server::listen({}, {{api_route::method::get, "/.*", answer},
                                        {api_route::method::post, "/.*", std::move(answer)}});
  EXPECT_TRUE(server.ok());
  return std::move(*server);
}

std::string url_of(const api_server& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}

// Where nobody listens any more.
std::string deserted() {
  return url_of(*serve([](const api_request&) { return api_answer{}; }));
}

api_answer sent_to(const std::string& leader, const api_request& r) {
  return {go_there, "", "application/json", leader + r.target};
}

// Takes connections, as the kernel does for a process that is stopped, and never answers.
class stopped_server {
 public:
  stopped_server() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* address = reinterpret_cast<sockaddr*>(&at);
    EXPECT_EQ(::bind(socket_, address, size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, address, &size), 0);
    port_ = ntohs(at.sin_port);
  }
  stopped_server(const stopped_server&) = delete;
  stopped_server& operator=(const stopped_server&) = delete;
  ~stopped_server() { ::close(socket_); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_;
  int port_ = 0;
};

api_client hasty_client(const std::string& address, std::int64_t silence_ms) {
  client_options options;
  options.address = address;
  options.patience_ms = 20'000;
  options.silence_ms = silence_ms;
  return api_client(options);
}

void expect_silence(const result<api_client::answer>& answer, const std::string& of_address) {
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, net_unreachable);
  const std::string& text = answer.error().message;
  EXPECT_EQ(text.find(of_address + " has taken the request and been silent for 0."), 0U) << text;
}

struct api_patience : testing::Test {
  api_client client_of(const std::string& address, std::int64_t patience_ms) {
    return api_client({address, {}, {}, patience_ms, [this](std::int64_t ms) {
                         waited += ms;
                         if (on_pause) on_pause();
                       }});
  }
  std::int64_t waited = 0;
  std::function<void()> on_pause;
};

TEST_F(api_patience, lasts_until_one_leads) {
  std::vector<std::string> asked;
  const auto standby = serve([&](const api_request& r) {
    asked.push_back(r.body);
    return asked.size() < 4 ? api_answer{unavailable, "{}"} : api_answer{done, r.body};
  });
  const auto answer = client_of(url_of(*standby), 5'000).post("/x", "[1]");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body, "[1]");
  EXPECT_EQ(asked, std::vector<std::string>(4, "[1]"));
  EXPECT_EQ(waited, 300);
}

TEST_F(api_patience, ends) {
  const auto standby = serve([](const api_request&) { return api_answer{unavailable, "{}"}; });
  EXPECT_EQ(client_of(url_of(*standby), 2'000).get("/x")->status, unavailable);
  EXPECT_EQ(waited, 2'000);
}

TEST_F(api_patience, is_none_unless_wanted) {
  const auto standby = serve([](const api_request&) { return api_answer{unavailable, "{}"}; });
  EXPECT_EQ(client_of(url_of(*standby), 0).get("/x")->status, unavailable);
  EXPECT_EQ(waited, 0);
}

TEST_F(api_patience, outlasts_a_leader_that_has_gone) {
  std::string leader = deserted();
  const auto next = serve([](const api_request& r) { return api_answer{done, r.target + r.body}; });
  const auto standby = serve([&](const api_request& r) { return sent_to(leader, r); });
  on_pause = [&] { leader = url_of(*next); };
  EXPECT_EQ(client_of(url_of(*standby), 5'000).post("/x?y=1", "[2]")->body, "/x?y=1[2]");
  EXPECT_EQ(waited, 100);
}

TEST_F(api_patience, ends_sooner_where_nobody_answers) {
  const std::string nowhere = deserted();
  const auto answer = client_of(nowhere, 20'000).get("/x");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, net_unreachable);
  EXPECT_NE(answer.error().message.find(nowhere), std::string::npos);
  EXPECT_EQ(waited, 1'000);
}

TEST_F(api_patience, goes_round_in_circles_for_a_few_times_only) {
  std::string itself;
  int asked = 0;
  const auto standby = serve([&](const api_request& r) {
    ++asked;
    return sent_to(itself, r);
  });
  itself = url_of(*standby);
  EXPECT_EQ(client_of(itself, 5'000).get("/x")->status, go_there);
  EXPECT_EQ(asked, 4);
}

TEST(api_silence, ends_what_a_stopped_server_was_asked) {
  const stopped_server stopped;
  expect_silence(hasty_client(stopped.url(), 40).get("/x"), stopped.url());
  expect_silence(hasty_client(stopped.url(), 40).post("/x", "{}"), stopped.url());
}

TEST(api_silence, counts_where_a_standby_sent_the_request) {
  const stopped_server stopped;
  const auto standby = serve([&](const api_request& r) { return sent_to(stopped.url(), r); });
  expect_silence(hasty_client(url_of(*standby), 800).post("/x", "{}"), stopped.url());
}

TEST(api_silence, is_none_while_the_server_has_a_pulse) {
  std::promise<void> second_beat;
  int beats = 0;
  auto server = api_server::listen({}, {{api_route::method::get, "/healthz",
                                         [&](const api_request&) {
                                           if (++beats == 2) second_beat.set_value();
                                           return api_answer{done, "{}"};
                                         }},
                                        {api_route::method::post, "/x", [&](const api_request& r) {
                                           second_beat.get_future().wait();
                                           return api_answer{done, r.body};
                                         }}});
  ASSERT_TRUE(server.ok());
  const auto answer = hasty_client(url_of(**server), 1'000).post("/x", "[3]");
  ASSERT_TRUE(answer.ok()) << to_text(answer.error());
  EXPECT_EQ(answer->body, "[3]");
}

}  // namespace
}  // namespace millrace::net
