#pragma once

#include "core/data/text_table.hpp"
#include "core/runtime/channel.hpp"
#include "tests/support/waiting_mailbox.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

// The contract of every channel: tests/unit/net/channel_contract_test.cpp, the one file that
// includes this, instantiates `channel_contract` with functions that connect two mailboxes.

namespace millrace::test {

/// Both ends of one channel: output 4 of the sender is input 7 of the receiver.
struct connected_channel {
  std::unique_ptr<runtime::channel_writer> writer;
  std::unique_ptr<runtime::channel_reader> reader;
};
using connect_function = std::function<connected_channel(
    std::shared_ptr<runtime::mailbox> sender, runtime::output_channel out,
    std::shared_ptr<runtime::mailbox> receiver, channel_id in)>;

struct channel_kind {
  std::string name;
  connect_function connect;
};

class channel_contract : public testing::TestWithParam<channel_kind> {
 protected:
  channel_contract() {
    auto ends = GetParam().connect(sender_, runtime::output_channel(4), receiver_, channel_id(7));
    writer_ = std::move(ends.writer);
    reader_ = std::move(ends.reader);
  }
  static data::batch_ptr rows(std::string_view text) {
    const data::schema columns{
        {{"id", data::data_type(data::type_id::bigint)}, {"name", data::data_type::string()}}};
    auto batch = data::parse_table(columns, text);
    EXPECT_TRUE(batch.ok());
    return *batch;
  }

  std::shared_ptr<waiting_mailbox> sender_ = std::make_shared<waiting_mailbox>();
  std::shared_ptr<waiting_mailbox> receiver_ = std::make_shared<waiting_mailbox>();
  std::unique_ptr<runtime::channel_writer> writer_;
  std::unique_ptr<runtime::channel_reader> reader_;
};

TEST_P(channel_contract, keeps_order_between_all_kinds_of_elements) {
  const std::vector<data::element> sent{
      data::watermark{12}, data::idleness{true},
      data::barrier{.id = checkpoint_id(3), .at = 5, .savepoint = true},
      data::latency_marker{.at = 9, .source_subtask = 2}, data::end_of_input{true}};
  for (int round = 0; round < 3; ++round) {
    for (const auto& e : sent) writer_->send(runtime::make_parcel(e));
  }
  const auto got = receiver_->wait_arrived(15);
  ASSERT_EQ(got.size(), 15u);
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].first, channel_id(7));
    EXPECT_EQ(got[i].second.what, sent[i % sent.size()]);
    EXPECT_EQ(got[i].second.bytes, 0);
  }
}

TEST_P(channel_contract, brings_rows_with_change_kinds_and_hashes) {
  const std::string text = "+I | 1 | abc\n-U | 2 | NULL\n+U | 3 | 'NULL'\n-D | 4 | ''\n";
  auto batch = rows(text);
  auto hashes = data::buffer::allocate(4 * sizeof(std::uint64_t));
  for (std::uint64_t i = 0; i < 4; ++i) hashes->mutable_as<std::uint64_t>()[i] = i * 77;
  batch = batch->with_hashes(std::move(hashes));
  const auto parcel = runtime::make_parcel(batch);
  writer_->send(parcel);
  const auto got = receiver_->wait_arrived(1);
  ASSERT_FALSE(receiver_->failure());
  const auto arrived = std::get<data::batch_ptr>(got[0].second.what);
  EXPECT_EQ(data::print_table(*arrived), text);
  EXPECT_EQ(got[0].second.bytes, parcel.bytes);
  ASSERT_NE(arrived->hashes(), nullptr);
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(arrived->hashes()[i], i * 77);
}

TEST_P(channel_contract, brings_the_live_rows_of_a_selection) {
  const auto batch = data::live_slice(rows("1 | a\n2 | b\n3 | c"), 1, 2);
  writer_->send(runtime::make_parcel(batch));
  const auto got = receiver_->wait_arrived(1);
  ASSERT_FALSE(receiver_->failure());
  EXPECT_EQ(data::print_table(*std::get<data::batch_ptr>(got[0].second.what)),
            "+I | 2 | b\n+I | 3 | c\n");
}

TEST_P(channel_contract, brings_credit_back_to_the_sender) {
  reader_->grant(1000);
  reader_->grant(2);
  const auto got = sender_->wait_grants(2);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].first, runtime::output_channel(4));
  EXPECT_EQ(got[0].second + got[1].second, 1002);
}

}  // namespace millrace::test
