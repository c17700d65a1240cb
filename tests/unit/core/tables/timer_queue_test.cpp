#include "core/tables/timer_queue.hpp"

#include "tests/unit/core/tables/life.hpp"

#include <set>
#include <tuple>

namespace millrace::tables {
namespace {

using testing::life;
using testing::number_key;
using testing::random_numbers;
using testing::world;

table_spec spec() {
  table_spec s;
  s.name = "timers";
  s.key_types = {data::data_type(data::type_id::bigint)};
  return s;
}

// Time, key group, hash, key: the order timers are popped in.
using timer = std::tuple<timestamp_ms, std::uint64_t, std::uint64_t, std::int64_t>;

timer timer_of(timestamp_ms at, std::int64_t key) {
  const std::uint64_t hash = number_key(key).view().hash;
  return {at, hash % 128, hash, key};
}

struct timer_subject {
  using model = std::set<timer>;
  timer_queue* timers = nullptr;

  void open(table_set& set) { timers = &set.open_timers(spec()); }

  void write(random_numbers& random, model& m) {
    const auto at = static_cast<timestamp_ms>(random.below(400)) - 200;
    const auto k = static_cast<std::int64_t>(random.below(50));
    const auto action = random.below(100);
    if (action < 60) {
      EXPECT_EQ(timers->add(at, number_key(k).view()), m.insert(timer_of(at, k)).second);
    } else if (action < 80) {
      EXPECT_EQ(timers->erase(at, number_key(k).view()), m.erase(timer_of(at, k)) == 1);
    } else if (action < 85) {
      EXPECT_EQ(timers->contains(at, number_key(k).view()), m.contains(timer_of(at, k)));
    } else {
      pop(at - 150, m);
    }
    EXPECT_EQ(timers->next_time(), m.empty() ? max_watermark : std::get<0>(*m.begin()));
    EXPECT_EQ(timers->size(), m.size());
  }

  void pop(timestamp_ms until, model& m) {
    const bool due = !m.empty() && std::get<0>(*m.begin()) <= until;
    timestamp_ms at = 0;
    key_view key;
    ASSERT_EQ(timers->pop(until, at, key), due);
    if (!due) return;
    EXPECT_EQ(timer_of(at, testing::number_of(key)), *m.begin());
    EXPECT_EQ(key.hash, std::get<2>(*m.begin()));
    m.erase(m.begin());
  }

  // Popped empty and filled again: a timer queue has no other way to be looked at.
  model contents() {
    model all;
    timestamp_ms at = 0;
    key_view key;
    while (timers->pop(max_watermark - 1, at, key))
      all.insert(timer_of(at, testing::number_of(key)));
    for (const timer& t : all) timers->add(std::get<0>(t), number_key(std::get<3>(t)).view());
    return all;
  }
};

class timer_queue_life : public ::testing::TestWithParam<std::uint64_t> {};
TEST_P(timer_queue_life, equals_a_set_through_checkpoints) {
  life<timer_subject>(GetParam()).run(20'000);
}
INSTANTIATE_TEST_SUITE_P(seeds, timer_queue_life, ::testing::Range<std::uint64_t>(1, 5));

TEST(timer_queue, timers_at_the_ends_of_time_are_kept) {
  world w;
  table_set set(w.context());
  timer_queue& timers = set.open_timers(spec());
  timers.add(min_watermark, number_key(1).view());
  timers.add(max_watermark - 1, number_key(2).view());
  timestamp_ms at = 0;
  key_view key;
  ASSERT_TRUE(timers.pop(0, at, key));
  EXPECT_EQ(at, min_watermark);
  EXPECT_FALSE(timers.pop(max_watermark - 2, at, key));
  EXPECT_TRUE(timers.pop(max_watermark, at, key));
}

TEST(timer_queue, pops_in_order_of_time_and_key_over_all_of_time) {
  world w;
  table_set set(w.context());
  timer_queue& timers = set.open_timers(spec());
  constexpr timestamp_ms year_2109 = timestamp_ms{1} << 42;
  constexpr timestamp_ms times[] = {
      min_watermark, -year_2109,       -1, 0, 1, year_2109 - 1, year_2109,
      year_2109 + 1, max_watermark - 1};
  std::set<timer> expected;
  for (const timestamp_ms at : times)
    for (std::int64_t k = 0; k < 300; ++k) {
      EXPECT_TRUE(timers.add(at, number_key(k * 7919 % 300).view()));
      expected.insert(timer_of(at, k));
    }
  for (const timer& next : expected) {
    timestamp_ms at = 0;
    key_view key;
    ASSERT_TRUE(timers.pop(max_watermark, at, key));
    EXPECT_EQ(timer_of(at, testing::number_of(key)), next);
  }
}

}  // namespace
}  // namespace millrace::tables
