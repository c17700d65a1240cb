#include "core/tables/hash_table.hpp"
#include "core/tables/map_table.hpp"
#include "tests/unit/core/tables/fixture.hpp"

// Key groups of which single keys come back.

namespace millrace::tables::testing {
namespace {

class partial_group_test : public ::testing::Test {
 protected:
  partial_group_test() {
    context_ = world_.context();
    context_.strict_prefetch = true;
    context_.loads = load_policy::keys;
  }
  void open(table_set& set) {
    table_spec counts;
    counts.name = "counts";
    counts.slots = {slot_spec::bytes(8)};
    counts_ = &set.open_hash(std::move(counts));
    table_spec items;
    items.name = "items";
    items_ = &set.open_map(std::move(items));
  }
  /// Counts a key once more and keeps the count as an item of its, too.
  std::int64_t count(table_set& set, std::int64_t k) {
    const number_key key(k);
    if (set.prefetch(key.view().hash) == readiness::loading) {
      ++loads_;
      world::load(set);
      EXPECT_EQ(set.prefetch(key.view().hash), readiness::ready);
    }
    auto& n = *reinterpret_cast<std::int64_t*>(counts_->find_or_insert(key.view()));
    ++n;
    items_->put(items_->locate_or_insert(key.view()), std::to_string(n), "x");
    EXPECT_EQ(items_->count(items_->locate(key.view())), static_cast<std::uint64_t>(n));
    EXPECT_TRUE(set.health().ok());
    return n;
  }

  world world_;
  table_context context_;
  hash_table* counts_ = nullptr;
  map_table* items_ = nullptr;
  int loads_ = 0;
};

TEST_F(partial_group_test, only_the_keys_asked_for_come_back) {
  table_set set(context_);
  open(set);
  for (std::int64_t k = 0; k < 10'000; ++k) EXPECT_EQ(count(set, k), 1);
  const auto full = set.memory_bytes();
  ASSERT_TRUE(set.spill(SIZE_MAX).ok());
  const auto groups = set.cold_groups();
  for (std::int64_t k = 0; k < 10; ++k) EXPECT_EQ(count(set, k), 2);
  EXPECT_EQ(loads_, 10);
  EXPECT_EQ(set.cold_groups(), groups);
  EXPECT_LT(set.memory_bytes(), full / 20);
  EXPECT_EQ(count(set, 3), 3);
  EXPECT_EQ(loads_, 10) << "a key is read once";
}

TEST_F(partial_group_test, random_work_under_random_spills_loses_nothing) {
  table_set set(context_);
  open(set);
  random_numbers random{7};
  std::map<std::int64_t, std::int64_t> expected;
  for (int step = 0; step < 4'000; ++step) {
    const auto k = static_cast<std::int64_t>(random.below(500));
    if (random.below(10) == 0 && expected[k] > 0) {
      count(set, k);
      counts_->erase(number_key(k).view());
      items_->clear(items_->locate(number_key(k).view()));
      expected[k] = 0;
    } else {
      ASSERT_EQ(count(set, k), ++expected[k]) << "key " << k << " at step " << step;
    }
    const std::size_t spilled = random.below(50) == 0 ? random.below(100'000) : 0;
    ASSERT_TRUE(set.spill(spilled).ok());
  }
  EXPECT_GT(loads_, 500);
}

TEST_F(partial_group_test, a_whole_group_keeps_what_was_changed_in_part_of_it) {
  table_set set(context_);
  open(set);
  for (std::int64_t k = 0; k < 1000; ++k) count(set, k);
  ASSERT_TRUE(set.spill(SIZE_MAX).ok());
  count(set, 5);
  EXPECT_EQ(set.prefetch_all(), readiness::loading);
  world::load(set);
  EXPECT_EQ(set.cold_groups(), 0U);
  for (std::int64_t k = 0; k < 1000; ++k) EXPECT_EQ(count(set, k), k == 5 ? 3 : 2);
}

TEST_F(partial_group_test, snapshots_and_deltas_hold_what_was_changed_in_part_of_a_group) {
  table_set set(context_);
  open(set);
  for (std::int64_t k = 0; k < 1000; ++k) count(set, k);
  ASSERT_TRUE(set.spill(SIZE_MAX).ok());
  count(set, 5);
  const auto changes = set.freeze(checkpoint_id(1));
  EXPECT_EQ(changes->entry_count(), 2U) << "the count and the new item";
  const auto delta = table_set::read_delta(changes);
  ASSERT_TRUE(world_.store.write(**delta).ok());
  set.written(*changes);
  count(set, 6);
  image_writer image;
  auto all = set.freeze(checkpoint_id(2), freeze_mode::snapshot);
  count(set, 7);
  ASSERT_TRUE(table_set::write_delta(*all, image).ok());
  set.written(*all);
  EXPECT_EQ(image.count, 2002U);

  world other;
  table_set copy(other.context());
  open(copy);
  image_reader from(image.image);
  ASSERT_TRUE(copy.restore(from, true).ok());
  for (std::int64_t k = 0; k < 10; ++k) EXPECT_EQ(count(copy, k), k == 5 || k == 6 ? 3 : 2);
}

TEST_F(partial_group_test, memory_is_given_back) {
  {
    table_set set(context_);
    open(set);
    for (std::int64_t k = 0; k < 1000; ++k) count(set, k);
    ASSERT_TRUE(set.spill(SIZE_MAX).ok());
    for (std::int64_t k = 0; k < 1000; ++k) count(set, k);
    EXPECT_GT(world_.budget.used(), 0);
  }
  EXPECT_EQ(world_.budget.used(), 0);
}

}  // namespace
}  // namespace millrace::tables::testing
