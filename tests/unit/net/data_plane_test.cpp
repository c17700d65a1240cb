#include "net/transport/data_plane.hpp"

#include "core/base/net_errors.hpp"
#include "core/data/text_table.hpp"
#include "net/transport/channel_frame.hpp"
#include "net/transport/link_hub.hpp"
#include "tests/support/waiting_mailbox.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace millrace::test {
namespace {

const data::schema columns{
    {{"id", data::data_type(data::type_id::bigint)}, {"name", data::data_type::string()}}};

std::unique_ptr<net::data_plane> open_plane(const std::string& name) {
  auto plane = net::data_plane::open({name});
  EXPECT_TRUE(plane.ok());
  return std::move(*plane);
}

struct data_plane_test : testing::Test {
  net::remote_channel to_far(std::uint32_t attempt) const {
    return {attempt_id(attempt), 5, far->endpoint()};
  }
  net::remote_channel to_near(std::uint32_t attempt) const {
    return {attempt_id(attempt), 5, near->endpoint()};
  }
  std::unique_ptr<net::data_plane> near = open_plane("near");
  std::unique_ptr<net::data_plane> far = open_plane("far");
  std::shared_ptr<waiting_mailbox> sender = std::make_shared<waiting_mailbox>();
  std::shared_ptr<waiting_mailbox> receiver = std::make_shared<waiting_mailbox>();
};

TEST_F(data_plane_test, fails_the_receiver_when_an_element_is_missing) {
  const auto reader = far->make_reader(to_near(1), receiver, channel_id(0), columns);
  const auto writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  writer->send(runtime::make_parcel(data::watermark{1}));
  // A second writer of the same channel begins at 0 again: as if an element came twice.
  const auto again = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  again->send(runtime::make_parcel(data::watermark{1}));
  static_cast<void>(receiver->wait_arrived(2));
  ASSERT_TRUE(receiver->failure());
  EXPECT_EQ(receiver->failure()->code, errc::net_bad_sequence);
}

TEST_F(data_plane_test, drops_what_is_for_an_attempt_that_is_over) {
  const auto old_reader = far->make_reader(to_near(1), receiver, channel_id(0), columns);
  const auto old_writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  far->forget(attempt_id(1));
  const auto reader = far->make_reader(to_near(2), receiver, channel_id(1), columns);
  const auto writer = near->make_writer(to_far(2), sender, runtime::output_channel(0));
  old_writer->send(runtime::make_parcel(data::watermark{1}));
  writer->send(runtime::make_parcel(data::watermark{2}));
  const auto got = receiver->wait_arrived(1);
  EXPECT_EQ(got[0].first, channel_id(1));
  EXPECT_FALSE(receiver->failure());
}

TEST_F(data_plane_test, fails_rows_of_other_types_than_the_plan_says) {
  const data::schema other{
      {{"id", data::data_type::string()}, {"name", data::data_type::string()}}};
  const auto reader = far->make_reader(to_near(1), receiver, channel_id(0), other);
  const auto writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  writer->send(runtime::make_parcel(*data::parse_table(columns, "1 | a")));
  static_cast<void>(receiver->wait_arrived(1));
  ASSERT_TRUE(receiver->failure());
  EXPECT_EQ(receiver->failure()->code, errc::net_bad_frame);
}

TEST_F(data_plane_test, fails_both_ends_when_the_other_worker_goes) {
  const auto writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  const auto reader =
      near->make_reader({attempt_id(1), 6, far->endpoint()}, receiver, channel_id(0), columns);
  far.reset();
  static_cast<void>(sender->wait_arrived(1));
  static_cast<void>(receiver->wait_arrived(1));
  EXPECT_EQ(sender->failure()->code, net_peer_lost);
  EXPECT_EQ(receiver->failure()->code, net_peer_lost);
}

TEST_F(data_plane_test, drops_what_is_no_message_of_a_channel) {
  const auto reader = far->make_reader(to_near(1), receiver, channel_id(0), columns);
  struct nobody final : net::link_listener {
    void on_message(const std::string&, net::link_message) override {}
    void on_down(net::link_id, const error&) override {}
  };
  net::hub_options options;
  options.name = "stranger";
  const auto stranger = net::link_hub::open(std::move(options), std::make_shared<nobody>());
  const auto link = (*stranger)->connect(far->endpoint());
  for (const std::size_t size : {0, 1, 23, 24, 25, 1000}) {
    (*stranger)->send(link, net::copy_message(std::string(size, '\1')));
  }
  net::channel_frame grant{.what = net::channel_frame::kind::grant, .attempt = 9, .bytes = 1};
  (*stranger)->send(link, net::copy_message({reinterpret_cast<const char*>(&grant), sizeof grant}));
  net::channel_frame element{.attempt = 1, .channel = 5, .bytes = 1};
  (*stranger)->send(link,
                    net::copy_message({reinterpret_cast<const char*>(&element), sizeof element}));
  static_cast<void>(receiver->wait_arrived(1));
  EXPECT_EQ(receiver->failure()->code, errc::net_bad_frame);
}

}  // namespace
}  // namespace millrace::test
