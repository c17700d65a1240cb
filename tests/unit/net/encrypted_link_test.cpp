#include "core/base/net_errors.hpp"
#include "net/transport/cluster_keys.hpp"
#include "tests/support/listening_hub.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace millrace::test {
namespace {

using net::cluster_keys;
using net::copy_message;

constexpr std::size_t limit = 1U << 20;

cluster_keys new_keys() { return net::make_cluster_keys().value(); }

listening_hub keyed_hub(const std::string& name, const cluster_keys& keys) {
  net::hub_options options;
  options.name = name;
  options.keys = keys;
  options.max_frame_bytes = limit;
  options.connect_timeout_ms = 60'000;
  return listening_hub(std::move(options));
}

/// Connects and expects to be turned away, with nothing delivered before a friend's message.
void expect_no_way(listening_hub& stranger, listening_hub& bob, const cluster_keys& keys) {
  const auto link = stranger.hub->connect(bob.hub->endpoint());
  stranger.hub->send(link, copy_message("let me in"));
  const auto down = stranger.heard->wait_down();
  EXPECT_EQ(down.first, link);
  EXPECT_EQ(down.second.code, net_peer_lost);
  listening_hub friendly = keyed_hub("friend", keys);
  friendly.hub->send(friendly.hub->connect(bob.hub->endpoint()), copy_message("hello"));
  EXPECT_EQ(bob.heard->wait_messages(1).front().first, "friend");
}

TEST(encrypted_link, carries_messages_between_holders_of_the_keys) {
  const auto keys = new_keys();
  listening_hub ann = keyed_hub("ann", keys);
  listening_hub bob = keyed_hub("bob", keys);
  const auto to_bob = ann.hub->connect(bob.hub->endpoint());
  for (int i = 0; i < 1000; ++i) ann.hub->send(to_bob, copy_message(std::to_string(i)));
  const auto got = bob.heard->wait_messages(1000);
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].first, "ann");
    EXPECT_EQ(text_of(got[i].second), std::to_string(i) + "|");
  }
}

TEST(encrypted_link, carries_the_largest_frame_that_a_plain_one_does) {
  const auto keys = new_keys();
  listening_hub ann = keyed_hub("ann", keys);
  listening_hub bob = keyed_hub("bob", keys);
  ann.hub->send(ann.hub->connect(bob.hub->endpoint()), copy_message(std::string(limit, 'x')));
  EXPECT_EQ(text_of(bob.heard->wait_messages(1).front().second).size(), limit + 1);
}

TEST(encrypted_link, turns_other_keys_away) {
  const auto keys = new_keys();
  listening_hub bob = keyed_hub("bob", keys);
  listening_hub stranger = keyed_hub("stranger", new_keys());
  expect_no_way(stranger, bob, keys);
}

TEST(encrypted_link, turns_who_knows_the_open_key_only_away) {
  const auto keys = new_keys();
  listening_hub bob = keyed_hub("bob", keys);
  cluster_keys half = new_keys();
  half.open = keys.open;
  listening_hub stranger = keyed_hub("stranger", half);
  expect_no_way(stranger, bob, keys);
}

TEST(encrypted_link, turns_plain_links_away) {
  const auto keys = new_keys();
  listening_hub bob = keyed_hub("bob", keys);
  listening_hub stranger("stranger");
  expect_no_way(stranger, bob, keys);
}

TEST(encrypted_link, does_not_go_to_a_plain_listener) {
  listening_hub bob("bob");
  listening_hub ann = keyed_hub("ann", new_keys());
  const auto link = ann.hub->connect(bob.hub->endpoint());
  ann.hub->send(link, copy_message("secret"));
  const auto down = ann.heard->wait_down();
  EXPECT_EQ(down.first, link);
  listening_hub other("other");
  other.hub->send(other.hub->connect(bob.hub->endpoint()), copy_message("plain"));
  EXPECT_EQ(bob.heard->wait_messages(1).front().first, "other");
}

TEST(encrypted_link, breaks_when_the_peer_goes) {
  const auto keys = new_keys();
  listening_hub ann = keyed_hub("ann", keys);
  auto bob = std::make_unique<listening_hub>(keyed_hub("bob", keys));
  const auto to_bob = ann.hub->connect(bob->hub->endpoint());
  ann.hub->send(to_bob, copy_message("here"));
  static_cast<void>(bob->heard->wait_messages(1));
  bob.reset();
  EXPECT_EQ(ann.heard->wait_down().first, to_bob);
}

TEST(hub_endpoint, names_the_advertised_host) {
  net::hub_options options;
  options.name = "ann";
  options.advertise = "localhost";
  listening_hub ann(std::move(options));
  EXPECT_TRUE(ann.hub->endpoint().starts_with("tcp://localhost:")) << ann.hub->endpoint();
  listening_hub bob("bob");
  bob.hub->send(bob.hub->connect(ann.hub->endpoint()), copy_message("found"));
  EXPECT_EQ(text_of(ann.heard->wait_messages(1).front().second), "found|");
}

TEST(cluster_keys, follow_from_their_secret) {
  const auto keys = new_keys();
  EXPECT_EQ(net::keys_of(keys.secret)->open, keys.open);
  EXPECT_NE(new_keys().secret, keys.secret);
}

TEST(cluster_keys, are_refused_without_being_shown) {
  for (const std::string& damaged : {std::string(), std::string("short"), std::string(40, ' ')}) {
    const auto refused = net::keys_of(damaged);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, errc::config_bad_value);
    EXPECT_EQ(to_text(refused.error()).find("short"), std::string::npos);
  }
}

}  // namespace
}  // namespace millrace::test
