#include "net/transport/link_hub.hpp"

#include "core/base/net_errors.hpp"
#include "tests/support/listening_hub.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace millrace::net {
namespace {

using test::listening_hub;
using test::text_of;
using test::waiting_listener;

/// One frame of `size` bytes. Whoever reads it after its owner was released reads other bytes.
link_message message_spoilt_when_released(std::size_t size) {
  auto bytes = std::make_shared<std::string>(size, 'y');
  link_message message;
  message.frames = {std::as_bytes(std::span(*bytes))};
  message.owner =
      std::shared_ptr<void>(bytes.get(), [bytes](void*) { bytes->assign(bytes->size(), 'z'); });
  return message;
}

TEST(link_hub_test, brings_messages_in_order_with_the_senders_name) {
  listening_hub ann("ann");
  listening_hub bob("bob");
  const link_id to_bob = ann.hub->connect(bob.hub->endpoint());
  for (int i = 0; i < 1000; ++i) ann.hub->send(to_bob, copy_message(std::to_string(i)));
  const auto got = bob.heard->wait_messages(1000);
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].first, "ann");
    EXPECT_EQ(text_of(got[i].second), std::to_string(i) + "|");
  }
}

TEST(link_hub_test, keeps_frames_apart_and_whole) {
  listening_hub ann("ann");
  listening_hub bob("bob");
  auto parts = std::make_shared<std::vector<std::string>>();
  *parts = {"", "small", std::string(300'000, 'x')};
  link_message message;
  for (const auto& part : *parts) message.frames.push_back(std::as_bytes(std::span(part)));
  message.owner = parts;
  const std::string sent = text_of(message);
  ann.hub->send(ann.hub->connect(bob.hub->endpoint()), std::move(message));
  EXPECT_EQ(text_of(bob.heard->wait_messages(1)[0].second), sent);
}

TEST(link_hub_test, refers_to_large_frames_until_they_are_sent) {
  listening_hub ann("ann");
  listening_hub bob("bob");
  link_message message = message_spoilt_when_released(std::size_t{1} << 19);
  const std::weak_ptr<const void> seen = message.owner;
  const std::string sent = text_of(message);
  ann.hub->send(ann.hub->connect(bob.hub->endpoint()), std::move(message));
  EXPECT_EQ(text_of(bob.heard->wait_messages(1)[0].second), sent);
  ann.hub.reset();
  EXPECT_TRUE(seen.expired());
}

TEST(link_hub_test, releases_large_frames_that_nobody_takes) {
  listening_hub ann("ann");
  link_message message = message_spoilt_when_released(std::size_t{1} << 19);
  const std::weak_ptr<const void> seen = message.owner;
  const link_id to_nobody = ann.hub->connect("tcp://127.0.0.1:1");
  ann.hub->send(to_nobody, std::move(message));
  EXPECT_EQ(ann.heard->wait_down().first, to_nobody);
  ann.hub.reset();
  EXPECT_TRUE(seen.expired());
}

TEST(link_hub_test, tells_when_nobody_answers) {
  listening_hub ann("ann");
  const link_id to_nobody = ann.hub->connect("tcp://127.0.0.1:1");
  const auto down = ann.heard->wait_down();
  EXPECT_EQ(down.first, to_nobody);
  EXPECT_EQ(down.second.code, net_peer_lost);
}

TEST(link_hub_test, tells_when_an_address_is_none) {
  listening_hub ann("ann");
  const link_id to_nobody = ann.hub->connect("somewhere");
  EXPECT_EQ(ann.heard->wait_down().first, to_nobody);
}

TEST(link_hub_test, tells_when_the_peer_goes) {
  listening_hub ann("ann");
  std::optional<listening_hub> bob(std::in_place, "bob");
  const link_id to_bob = ann.hub->connect(bob->hub->endpoint());
  ann.hub->send(to_bob, copy_message("here"));
  static_cast<void>(bob->heard->wait_messages(1));
  bob.reset();
  EXPECT_EQ(ann.heard->wait_down().first, to_bob);
  ann.hub->send(to_bob, copy_message("into nothing"));
}

TEST(link_hub_test, breaks_a_link_that_carries_too_large_a_frame) {
  listening_hub ann("ann");
  listening_hub bob("bob", 1000);
  const link_id to_bob = ann.hub->connect(bob.hub->endpoint());
  ann.hub->send(to_bob, copy_message(std::string(1001, 'z')));
  EXPECT_EQ(ann.heard->wait_down().first, to_bob);
}

TEST(link_hub_test, breaks_a_link_before_it_carries_too_large_a_frame) {
  listening_hub ann("ann", 1000);
  listening_hub bob("bob");
  const link_id to_bob = ann.hub->connect(bob.hub->endpoint());
  ann.hub->send(to_bob, copy_message(std::string(1001, 'z')));
  const auto down = ann.heard->wait_down();
  EXPECT_EQ(down.first, to_bob);
  EXPECT_EQ(down.second.code, errc::net_frame_too_large);
}

TEST(link_hub_test, breaks_a_link_before_it_carries_too_many_frames) {
  listening_hub ann("ann");
  listening_hub bob("bob");
  const link_id to_bob = ann.hub->connect(bob.hub->endpoint());
  link_message message = copy_message("x");
  message.frames.resize(most_frames + 1, message.frames.front());
  ann.hub->send(to_bob, std::move(message));
  EXPECT_EQ(ann.heard->wait_down().second.code, errc::net_frame_too_large);
}

TEST(link_hub_test, tells_when_the_peer_accepts_and_says_nothing) {
  const int mute = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(mute, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(mute, 1), 0);
  ASSERT_EQ(getsockname(mute, reinterpret_cast<sockaddr*>(&address), &size), 0);
  listening_hub ann("ann", 1000, 1);
  const link_id link =
      ann.hub->connect("tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  EXPECT_EQ(ann.heard->wait_down().first, link);
  close(mute);
}

TEST(link_hub_test, tells_when_a_host_is_unknown) {
  listening_hub ann("ann", 1000, 1);
  const link_id link = ann.hub->connect("tcp://nobody.invalid:1");
  EXPECT_EQ(ann.heard->wait_down().first, link);
}

TEST(link_hub_test, hears_an_answer_that_the_listener_sends) {
  struct echo final : link_listener {
    void on_message(const std::string&, link_message message) override {
      const link_id back = hub->connect(text_of(message));
      hub->send(back, copy_message("heard"));
    }
    void on_down(link_id, const error&) override {}
    static std::string text_of(const link_message& message) {
      const auto frame = message.frames.front();
      return {reinterpret_cast<const char*>(frame.data()), frame.size()};
    }
    link_hub* hub = nullptr;
  };
  listening_hub ann("ann");
  const auto answering = std::make_shared<echo>();
  hub_options options;
  options.name = "echo";
  const auto hub = link_hub::open(std::move(options), answering);
  answering->hub = hub->get();
  ann.hub->send(ann.hub->connect((*hub)->endpoint()), copy_message(ann.hub->endpoint()));
  EXPECT_EQ(text_of(ann.heard->wait_messages(1)[0].second), "heard|");
}

TEST(link_hub_test, refuses_names_that_no_identity_takes) {
  const std::string with_end =
      "a\x1f"
      "b";
  for (const std::string& name : {std::string(), std::string(201, 'a'), with_end}) {
    hub_options options;
    options.name = name;
    const auto refused = link_hub::open(std::move(options), std::make_shared<waiting_listener>());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, errc::config_bad_value);
  }
}

// What a socket still has to say of its end must not wait for somebody who listens no more.
TEST(link_hub_test, goes_on_when_links_are_let_go_while_they_break) {
  listening_hub ann("ann");
  for (int round = 0; round < 100; ++round) {
    std::optional<listening_hub> bob(std::in_place, "bob");
    const link_id to_bob = ann.hub->connect(bob->hub->endpoint());
    ann.hub->send(to_bob, copy_message("here"));
    static_cast<void>(bob->heard->wait_messages(1));
    std::thread leaves([&] { bob.reset(); });
    ann.hub->close(to_bob);
    leaves.join();
  }
  listening_hub eve("eve");
  ann.hub->send(ann.hub->connect(eve.hub->endpoint()), copy_message("still here"));
  EXPECT_EQ(eve.heard->wait_messages(1)[0].first, "ann");
}

TEST(link_hub_test, serves_a_peer_that_has_started_again) {
  listening_hub bob("bob");
  for (int life = 0; life < 3; ++life) {
    listening_hub ann("ann");
    ann.hub->send(ann.hub->connect(bob.hub->endpoint()), copy_message("life"));
    EXPECT_EQ(bob.heard->wait_messages(static_cast<std::size_t>(life) + 1).back().first, "ann");
  }
}

TEST(link_hub_test, refuses_an_address_that_is_taken) {
  listening_hub ann("ann");
  hub_options options;
  options.name = "other";
  options.listen = ann.hub->endpoint();
  const auto refused = link_hub::open(std::move(options), std::make_shared<waiting_listener>());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, net_cannot_listen);
}

}  // namespace
}  // namespace millrace::net
