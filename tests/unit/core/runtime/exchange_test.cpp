#include "core/expr/key_hash.hpp"
#include "core/runtime/input_gate.hpp"
#include "core/runtime/router.hpp"
#include "tests/unit/core/runtime/recorded.hpp"

#include <numeric>

namespace millrace::runtime::test {
namespace {

using plan::exchange_kind;

data::batch_ptr numbers(std::uint32_t count) {
  data::batch_builder builder(two_ints, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    builder.column_at(0).append(std::int64_t{i});
    builder.column_at(1).append(std::int64_t{i} * 10);
    builder.end_row();
  }
  return builder.finish();
}

struct exchange {
  explicit exchange(router_options options, std::size_t channels) : sent(channels) {
    std::vector<std::unique_ptr<channel_writer>> writers;
    for (auto& s : sent) writers.push_back(std::make_unique<recorded_writer>(s));
    out.emplace(std::move(options), std::move(writers), time);
  }
  std::uint32_t rows_at(std::size_t channel) const {
    std::uint32_t count = 0;
    for (const auto& e : sent[channel]) {
      if (const auto* b = std::get_if<data::batch_ptr>(&e)) count += (*b)->row_count();
    }
    return count;
  }
  manual_clock time;
  std::vector<std::vector<data::element>> sent;
  std::optional<router> out;
};

/// Every row must be at the channel that owns its key group, with its hash.
void expect_owned(const exchange& x, std::uint32_t max_parallelism) {
  for (std::uint32_t c = 0; c < x.sent.size(); ++c) {
    for (const auto& e : x.sent[c]) {
      const auto* b = std::get_if<data::batch_ptr>(&e);
      if (b == nullptr) continue;
      const auto hashes = expr::hash_keys(**b, std::vector<std::uint32_t>{0});
      for (std::uint32_t i = 0; i < (*b)->row_count(); ++i) {
        const std::uint32_t row = (*b)->row_at(i);
        const std::uint64_t hash = (*b)->hashes()[row];
        EXPECT_EQ(hash, hashes->as<std::uint64_t>()[row]);
        const auto group = expr::key_group_of(hash, max_parallelism);
        EXPECT_EQ(
            expr::subtask_of(group, static_cast<std::uint32_t>(x.sent.size()), max_parallelism), c);
      }
    }
  }
}

TEST(router_test, hashes_to_few_channels_without_copying_rows) {
  exchange x({.exchange = exchange_kind::hash, .keys = {0}}, 3);
  const auto batch = numbers(1000);
  ASSERT_TRUE(x.out->emit(batch).ok());
  EXPECT_EQ(x.rows_at(0) + x.rows_at(1) + x.rows_at(2), 1000u);
  expect_owned(x, 128);
  for (const auto& channel : x.sent) {
    ASSERT_EQ(channel.size(), 1u);
    EXPECT_EQ(std::get<data::batch_ptr>(channel[0])->column_at(0), batch->column_at(0));
  }
}

TEST(router_test, gathers_rows_for_many_channels_until_a_watermark) {
  exchange x({.exchange = exchange_kind::hash, .keys = {0}, .max_parallelism = 100}, 10);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(x.out->emit(numbers(200)).ok());
  for (const auto& channel : x.sent) EXPECT_TRUE(channel.empty());
  EXPECT_EQ(x.out->deadline_us(), 100'000);
  ASSERT_TRUE(x.out->signal(data::watermark{5}).ok());
  std::uint32_t all = 0;
  for (std::size_t c = 0; c < 10; ++c) {
    all += x.rows_at(c);
    EXPECT_EQ(x.sent[c].size(), 2u);
  }
  EXPECT_EQ(all, 1000u);
  EXPECT_EQ(x.out->deadline_us(), never_us);
  expect_owned(x, 100);
}

TEST(router_test, full_follows_the_credit_that_the_exchange_needs) {
  exchange hash({.exchange = exchange_kind::hash, .keys = {0}, .initial_credit = 100}, 2);
  exchange any({.exchange = exchange_kind::rebalance, .keys = {}, .initial_credit = 100}, 2);
  ASSERT_TRUE(hash.out->emit(rows("1 | 1")).ok());
  ASSERT_TRUE(any.out->emit(rows("1 | 1")).ok());
  EXPECT_TRUE(hash.out->full());
  EXPECT_FALSE(any.out->full());
  ASSERT_TRUE(any.out->emit(rows("1 | 1")).ok());
  EXPECT_TRUE(any.out->full());
  any.out->on_credit(1, 10'000);
  EXPECT_FALSE(any.out->full());
  ASSERT_TRUE(any.out->emit(rows("1 | 1")).ok());
  EXPECT_EQ(any.rows_at(1), 2u);
}

TEST(router_test, broadcast_gives_every_channel_the_same_batch) {
  exchange x({.exchange = exchange_kind::broadcast, .keys = {}}, 2);
  const auto batch = rows("1 | 1");
  ASSERT_TRUE(x.out->emit(batch).ok());
  EXPECT_EQ(std::get<data::batch_ptr>(x.sent[0].at(0)), batch);
  EXPECT_EQ(std::get<data::batch_ptr>(x.sent[1].at(0)), batch);
}

TEST(credit_book_test, lends_from_the_pool_until_it_is_empty) {
  credit_book book(2, {.exclusive = 100, .floating = 150});
  EXPECT_EQ(book.on_arrival(channel_id(0), 100), 100);
  EXPECT_EQ(book.floating_left(), 50);
  EXPECT_EQ(book.on_arrival(channel_id(1), 100), 50);
  EXPECT_EQ(book.on_arrival(channel_id(0), 80), 0);
  EXPECT_EQ(book.on_consumed(channel_id(0), 100), 80);
  EXPECT_EQ(book.floating_left(), 20);
  EXPECT_EQ(book.on_consumed(channel_id(0), 80), 0);
  EXPECT_EQ(book.floating_left(), 100);
}

TEST(credit_book_test, a_busy_channel_gets_back_what_was_consumed) {
  credit_book book(1, {.exclusive = 100, .floating = 1000});
  EXPECT_EQ(book.on_arrival(channel_id(0), 1000), 1000);
  EXPECT_EQ(book.on_arrival(channel_id(0), 100), 0);
  EXPECT_EQ(book.on_consumed(channel_id(0), 100), 100);
}

TEST(credit_book_test, saves_small_grants_up) {
  credit_book book(1, {.exclusive = 100, .floating = 0});
  EXPECT_EQ(book.on_arrival(channel_id(0), 60), 0);
  EXPECT_EQ(book.on_consumed(channel_id(0), 30), 0);
  EXPECT_EQ(book.on_consumed(channel_id(0), 30), 60);
}

class input_gate_test : public testing::Test {
 protected:
  input_gate make(std::uint32_t channels, credit_limits limits = {}) {
    std::vector<input_gate::channel> all;
    for (std::uint32_t c = 0; c < channels; ++c) {
      all.push_back({input_id(c % 2), std::make_unique<recorded_reader>(granted_)});
    }
    return {std::move(all), limits, 1000};
  }
  static std::string next(input_gate& gate) {
    const auto event = gate.next();
    return event ? std::to_string(event->channel.value) + ": " + text_of(event->what) : "nothing";
  }
  std::int64_t granted_ = 0;
};

TEST_F(input_gate_test, takes_turns_and_keeps_the_order_of_a_channel) {
  auto gate = make(2);
  gate.push(channel_id(0), make_parcel(data::watermark{1}));
  gate.push(channel_id(0), make_parcel(data::watermark{2}));
  gate.push(channel_id(1), make_parcel(rows("7 | 7")));
  EXPECT_EQ(next(gate), "0: watermark 1");
  EXPECT_EQ(next(gate), "1: +I | 7 | 7");
  EXPECT_EQ(next(gate), "0: watermark 2");
  EXPECT_EQ(next(gate), "nothing");
}

TEST_F(input_gate_test, a_blocked_channel_waits) {
  auto gate = make(2);
  gate.set_blocked(channel_id(0), true);
  gate.push(channel_id(0), make_parcel(rows("1 | 1")));
  EXPECT_EQ(next(gate), "nothing");
  gate.set_blocked(channel_id(0), false);
  EXPECT_EQ(next(gate), "0: +I | 1 | 1");
}

TEST_F(input_gate_test, joins_small_batches_but_never_across_a_watermark) {
  auto gate = make(1);
  gate.push(channel_id(0), make_parcel(rows("1 | 1")));
  gate.push(channel_id(0), make_parcel(rows("-D | 2 | 2")));
  gate.push(channel_id(0), make_parcel(data::watermark{1}));
  gate.push(channel_id(0), make_parcel(rows("3 | 3")));
  EXPECT_EQ(next(gate), "0: +I | 1 | 1\n-D | 2 | 2");
  EXPECT_EQ(next(gate), "0: watermark 1");
  EXPECT_EQ(next(gate), "0: +I | 3 | 3");
}

TEST_F(input_gate_test, what_was_taken_is_granted_again) {
  auto gate = make(1, {.exclusive = 64, .floating = 0});
  const auto p = make_parcel(rows("1 | 1"));
  gate.push(channel_id(0), p);
  EXPECT_EQ(granted_, 0);
  EXPECT_EQ(gate.queued_bytes(), p.bytes);
  (void)gate.next();
  EXPECT_EQ(granted_, p.bytes);
  EXPECT_EQ(gate.queued_bytes(), 0);
}

}  // namespace
}  // namespace millrace::runtime::test
