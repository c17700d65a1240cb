#include "net/transport/data_plane.hpp"

#include "core/base/net_errors.hpp"
#include "core/data/column_builder.hpp"
#include "core/data/text_table.hpp"
#include "net/transport/channel_frame.hpp"
#include "net/transport/link_hub.hpp"
#include "tests/support/waiting_mailbox.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace millrace::test {
namespace {

const data::schema columns{
    {{"id", data::data_type(data::type_id::bigint)}, {"name", data::data_type::string()}}};

std::unique_ptr<net::data_plane> open_plane(const std::string& name) {
  net::data_plane_options options;
  options.name = name;
  options.silence_ms = 60'000;  // a machine that stands still is no failure of a test
  auto plane = net::data_plane::open(std::move(options));
  EXPECT_TRUE(plane.ok());
  return std::move(*plane);
}

struct data_plane_test : testing::Test {
  net::remote_channel to_far(std::uint32_t attempt) const {
    return {attempt_id(attempt), 5, far->endpoint(), "far"};
  }
  net::remote_channel to_near(std::uint32_t attempt) const {
    return {attempt_id(attempt), 5, near->endpoint(), "near"};
  }
  std::unique_ptr<net::data_plane> near = open_plane("near");
  std::unique_ptr<net::data_plane> far = open_plane("far");
  std::shared_ptr<waiting_mailbox> sender = std::make_shared<waiting_mailbox>();
  std::shared_ptr<waiting_mailbox> receiver = std::make_shared<waiting_mailbox>();
  std::shared_ptr<waiting_mailbox> receiver_of_more = std::make_shared<waiting_mailbox>();
};

TEST_F(data_plane_test, fails_both_ends_when_an_element_comes_twice) {
  const auto reader = far->make_reader(to_near(1), receiver, channel_id(0), columns);
  const auto writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  writer->send(runtime::make_parcel(data::watermark{1}));
  // A second writer of the same channel begins at 0 again: as if an element came twice.
  const auto again = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  again->send(runtime::make_parcel(data::watermark{1}));
  static_cast<void>(receiver->wait_arrived(2));
  ASSERT_TRUE(receiver->failure());
  EXPECT_EQ(receiver->failure()->code, errc::net_bad_sequence);
  static_cast<void>(sender->wait_grants(1));
  EXPECT_EQ(sender->failure()->code, errc::net_bad_sequence);
}

TEST_F(data_plane_test, delivers_nothing_behind_a_failure) {
  const auto reader = far->make_reader(to_near(1), receiver, channel_id(0), columns);
  for (int life = 0; life < 3; ++life) {
    const auto writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
    writer->send(runtime::make_parcel(data::watermark{1}));
  }
  const auto after = far->make_reader(to_near(2), receiver_of_more, channel_id(0), columns);
  const auto writer = near->make_writer(to_far(2), sender, runtime::output_channel(0));
  writer->send(runtime::make_parcel(data::watermark{2}));
  EXPECT_EQ(receiver_of_more->wait_arrived(1).size(), 1u);
  EXPECT_EQ(receiver->wait_arrived(1).size(), 1u);
  EXPECT_EQ(far->dropped(), 1u);
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
  EXPECT_EQ(far->dropped(), 1u);
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
  const auto reader = near->make_reader({attempt_id(1), 6, far->endpoint(), "far"}, receiver,
                                        channel_id(0), columns);
  far.reset();
  static_cast<void>(sender->wait_arrived(1));
  static_cast<void>(receiver->wait_arrived(1));
  EXPECT_EQ(sender->failure()->code, net_peer_lost);
  EXPECT_EQ(receiver->failure()->code, net_peer_lost);
}

/// Counts how often it fails.
struct failing_mailbox final : runtime::mailbox {
  void deliver(channel_id, runtime::parcel) override {}
  void grant(runtime::output_channel, std::int64_t) override {}
  void fail(error) override { ++failures; }
  std::atomic<int> failures = 0;
};

TEST_F(data_plane_test, fails_a_task_once_for_all_its_channels) {
  const auto task = std::make_shared<failing_mailbox>();
  std::vector<std::unique_ptr<runtime::channel_writer>> writers;
  for (std::uint32_t i = 0; i < 5; ++i) {
    writers.push_back(near->make_writer({attempt_id(1), i, far->endpoint(), "far"}, task,
                                        runtime::output_channel(i)));
  }
  const auto last = near->make_writer({attempt_id(1), 9, far->endpoint(), "far"}, sender,
                                      runtime::output_channel(0));
  far.reset();
  static_cast<void>(sender->wait_grants(1));
  near.reset();  // ends the thread that tells
  EXPECT_EQ(task->failures, 1);
}

data::batch_ptr rows_of(std::uint32_t count, std::size_t bytes) {
  data::batch_builder builder(columns);
  for (std::uint32_t i = 0; i < count; ++i) {
    builder.column_at(0).append(std::int64_t{i});
    builder.column_at(1).append_text(std::string(bytes, static_cast<char>('a' + i % 26)));
    builder.end_row();
  }
  return builder.finish();
}

TEST_F(data_plane_test, sends_a_large_batch_in_pieces) {
  const auto reader = far->make_reader(to_near(1), receiver, channel_id(0), columns);
  const auto writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  const auto batch = rows_of(90, 200'000);
  const auto whole = runtime::make_parcel(batch);
  writer->send(whole);
  writer->send(runtime::make_parcel(data::watermark{1}));
  const auto got = receiver->wait_arrived(3);
  ASSERT_FALSE(receiver->failure());
  std::string text;
  std::int64_t bytes = 0;
  for (const auto& [from, parcel] : got) {
    bytes += parcel.bytes;
    if (const auto* piece = std::get_if<data::batch_ptr>(&parcel.what)) {
      text += data::print_table(**piece);
    }
  }
  EXPECT_EQ(bytes, whole.bytes);
  EXPECT_TRUE(text == data::print_table(*batch));
}

TEST_F(data_plane_test, refuses_a_value_that_no_frame_takes) {
  const auto writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  writer->send(runtime::make_parcel(rows_of(1, 65U << 20)));
  ASSERT_TRUE(sender->failure());
  EXPECT_EQ(sender->failure()->code, errc::net_frame_too_large);
}

TEST_F(data_plane_test, hands_over_large_columns_without_a_copy) {
  const auto reader = far->make_reader(to_near(1), receiver, channel_id(0), columns);
  const auto writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  const auto batch = rows_of(4'000, 100);
  const auto before = data::read_copy_counters().copied_bytes;
  writer->send(runtime::make_parcel(batch));
  static_cast<void>(receiver->wait_arrived(1));
  // Their offsets and the rows' numbers are gathered in the first frame.
  EXPECT_LT(data::read_copy_counters().copied_bytes - before, 65'536u);
}

TEST_F(data_plane_test, copies_small_columns_once) {
  const auto reader = far->make_reader(to_near(1), receiver, channel_id(0), columns);
  const auto writer = near->make_writer(to_far(1), sender, runtime::output_channel(0));
  const auto batch = rows_of(1'000, 100);
  const auto before = data::read_copy_counters().copied_bytes;
  writer->send(runtime::make_parcel(batch));
  static_cast<void>(receiver->wait_arrived(1));
  EXPECT_LT(data::read_copy_counters().copied_bytes - before, 1'000u * 100 + 16'384);
}

/// A hub that nobody has a channel with, and its link to a data plane.
struct outsider {
  explicit outsider(const std::string& name, const net::data_plane& to) {
    struct nobody final : net::link_listener {
      void on_message(const std::string&, net::link_message) override {}
      void on_down(net::link_id, const error&) override {}
    };
    net::hub_options options;
    options.name = name;
    options.silence_ms = 60'000;
    hub = net::link_hub::open(std::move(options), std::make_shared<nobody>()).value();
    link = hub->connect(to.endpoint());
  }
  void send(const std::string& bytes) { hub->send(link, net::copy_message(bytes)); }
  void send(const net::channel_frame& frame) {
    send(std::string(reinterpret_cast<const char*>(&frame), sizeof frame));
  }
  std::unique_ptr<net::link_hub> hub;
  net::link_id link{};
};

TEST_F(data_plane_test, drops_what_is_no_message_of_a_channel) {
  const auto reader = far->make_reader(to_near(1), receiver, channel_id(0), columns);
  outsider peer("near", *far);  // as if it were the other end
  for (const std::size_t size : {0, 1, 23, 24, 25, 1000}) peer.send(std::string(size, '\1'));
  peer.send({.what = net::channel_frame::kind::grant, .attempt = 9, .bytes = 1});
  peer.send({.attempt = 1, .channel = 5, .bytes = 1});
  static_cast<void>(receiver->wait_arrived(1));
  EXPECT_EQ(receiver->failure()->code, errc::net_bad_frame);
  EXPECT_EQ(far->dropped(), 7u);
}

}  // namespace
}  // namespace millrace::test
