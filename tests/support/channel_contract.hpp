#pragma once

#include "core/data/text_table.hpp"
#include "core/runtime/channel.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

// The contract of every channel: a transport's test instantiates `channel_contract` with a function
// that connects two mailboxes.

namespace millrace::test {

/// Keeps what arrives; waits for it without a time-out, so that a lost element shows as the test's.
class waiting_mailbox final : public runtime::mailbox {
 public:
  void deliver(channel_id from, runtime::parcel p) override {
    keep([&] { arrived_.emplace_back(from, std::move(p)); });
  }
  void grant(runtime::output_channel to, std::int64_t bytes) override {
    keep([&] { grants_.emplace_back(to, bytes); });
  }
  void fail(error e) override {
    keep([&] { error_ = std::move(e); });
  }
  std::vector<std::pair<channel_id, runtime::parcel>> wait_arrived(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_.size() >= count || error_; });
    return arrived_;
  }
  std::vector<std::pair<runtime::output_channel, std::int64_t>> wait_grants(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return grants_.size() >= count || error_; });
    return grants_;
  }
  std::optional<error> failure() {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  template <class F>
  void keep(F&& f) {
    const std::lock_guard lock(mutex_);
    f();
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<channel_id, runtime::parcel>> arrived_;
  std::vector<std::pair<runtime::output_channel, std::int64_t>> grants_;
  std::optional<error> error_;
};

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
