#include "net/transport/channel_table.hpp"

#include "tests/support/waiting_mailbox.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace millrace::test {
namespace {

using net::channel_frame;

net::link_message message_of(const channel_frame& frame) {
  return net::copy_message({reinterpret_cast<const char*>(&frame), sizeof frame});
}

TEST(channel_table, drops_what_does_not_come_from_the_peer_of_a_channel) {
  const auto sender = std::make_shared<waiting_mailbox>();
  const auto receiver = std::make_shared<waiting_mailbox>();
  net::channel_table table;
  table.add({1, 5}, net::channel_table::reader_end{receiver, channel_id(0), {}, "tcp://a", "a"});
  table.add({1, 6},
            net::channel_table::writer_end{sender, runtime::output_channel(0), "tcp://b", "b"});
  const channel_frame element{.attempt = 1, .channel = 5, .bytes = 1};
  const channel_frame grant{
      .what = channel_frame::kind::grant, .attempt = 1, .channel = 6, .bytes = 7};
  const channel_frame broken{.what = channel_frame::kind::broken, .attempt = 1, .channel = 6};
  for (const std::string from : {"stranger", "", "tcp://a"}) {
    for (const auto& frame : {element, grant, broken}) {
      EXPECT_FALSE(table.take(from, message_of(frame)));
    }
  }
  EXPECT_EQ(table.dropped(), 9u);
  EXPECT_FALSE(receiver->failure());
  EXPECT_FALSE(sender->failure());
  EXPECT_FALSE(table.take("b", message_of(grant)));
  EXPECT_EQ(sender->wait_grants(1).size(), 1u);
  EXPECT_TRUE(table.take("a", message_of(element)));
  EXPECT_EQ(receiver->failure()->code, errc::net_bad_frame);
}

}  // namespace
}  // namespace millrace::test
