#include "net/transport/key_gate.hpp"

#include "tests/support/listening_hub.hpp"

#include <gtest/gtest.h>
#include <zmq.h>

#include <string>
#include <utility>

namespace millrace::net {
namespace {

using test::listening_hub;
using test::text_of;

/// A client of ZeroMQ that knows the open key of a cluster, as everybody may, and has its own pair.
class stranger {
 public:
  stranger(const std::string& endpoint, const cluster_keys& own, const std::string& open)
      : context_(make_context()), socket_(make_socket(context_.get(), ZMQ_DEALER)) {
    set_option(socket_.get(), ZMQ_LINGER, 0);
    set_option(socket_.get(), ZMQ_CURVE_SERVERKEY, open);
    set_option(socket_.get(), ZMQ_CURVE_PUBLICKEY, own.open);
    set_option(socket_.get(), ZMQ_CURVE_SECRETKEY, own.secret);
    set_option(socket_.get(), ZMQ_ROUTING_ID, std::string("stranger"));
    EXPECT_EQ(zmq_connect(socket_.get(), endpoint.c_str()), 0);
    EXPECT_TRUE(send_frames(socket_.get(), copy_message("let me in")));
  }

 private:
  zmq_context context_;
  zmq_socket socket_;
};

listening_hub keyed_hub(const std::string& name, const cluster_keys& keys) {
  hub_options options;
  options.name = name;
  options.keys = keys;
  return listening_hub(std::move(options));
}

TEST(key_gate, turns_away_who_knows_the_open_key_only) {
  const auto keys = make_cluster_keys().value();
  listening_hub bob = keyed_hub("bob", keys);
  const stranger eve(bob.hub->endpoint(), make_cluster_keys().value(), keys.open);
  EXPECT_EQ(bob.heard->wait_stranger(), "127.0.0.1");
  listening_hub ann = keyed_hub("ann", keys);
  ann.hub->send(ann.hub->connect(bob.hub->endpoint()), copy_message("hello"));
  const auto first = bob.heard->wait_messages(1).front();
  EXPECT_EQ(first.first + ": " + text_of(first.second), "ann: hello|");
}

TEST(key_gate, lets_other_programs_in_that_hold_the_secret) {
  const auto keys = make_cluster_keys().value();
  listening_hub bob = keyed_hub("bob", keys);
  const stranger friendly(bob.hub->endpoint(), keys, keys.open);
  EXPECT_EQ(bob.heard->wait_messages(1).front().first, "stranger");
}

}  // namespace
}  // namespace millrace::net
