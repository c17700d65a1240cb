#include "core/tables/map_table.hpp"

#include "tests/unit/core/tables/life.hpp"

namespace millrace::tables {
namespace {

using testing::life;
using testing::number_key;
using testing::random_numbers;
using testing::world;

table_spec spec(std::int64_t ttl = 0) {
  table_spec s;
  s.name = "items";
  s.key_types = {data::data_type(data::type_id::bigint)};
  s.ttl_ms = ttl;
  return s;
}

struct map_subject {
  using model = std::map<std::int64_t, std::map<std::string, std::string>>;
  map_table* table = nullptr;

  void open(table_set& set) { table = &set.open_map(spec()); }

  // Few keys have many items, many have few.
  void write(random_numbers& random, model& m) {
    const auto k = static_cast<std::int64_t>(random.below(random.below(4) == 0 ? 3 : 200));
    const std::string sub = testing::random_text(random, k < 3 ? 5 : 2);
    const auto action = random.below(100);
    if (action < 50) {
      const std::string value = testing::random_text(random, 60);
      table->put(table->locate_or_insert(number_key(k).view()), sub, value);
      m[k][sub] = value;
    } else if (action < 85) {
      erase(k, sub, m);
    } else if (action < 97) {
      const key_handle key = table->locate(number_key(k).view());
      const value_ref found = table->find(key, sub);
      const bool there = m.contains(k) && m[k].contains(sub);
      ASSERT_EQ(static_cast<bool>(found), there);
      if (there) {
        EXPECT_EQ(found.view(), m[k][sub]);
      }
      EXPECT_EQ(table->count(key), m.contains(k) ? m[k].size() : 0);
    } else {
      table->clear(table->locate(number_key(k).view()));
      m.erase(k);
    }
  }

  void erase(std::int64_t k, const std::string& sub, model& m) {
    const bool there = m.contains(k) && m[k].erase(sub) == 1;
    EXPECT_EQ(table->erase(table->locate(number_key(k).view()), sub), there);
    if (m.contains(k) && m[k].empty()) m.erase(k);
  }

  model contents() {
    model all;
    table_cursor at;
    key_handle keys[5];
    while (const auto n = table->scan_keys(at, keys)) {
      for (std::uint32_t i = 0; i < n; ++i) {
        auto& items = all[testing::number_of(table->key_of(keys[i]))];
        for (map_cursor c = table->items(keys[i]); c.valid(); c.next())
          EXPECT_TRUE(items.emplace(c.sub_key(), c.value()).second);
        EXPECT_EQ(table->count(keys[i]), items.size());
      }
    }
    return all;
  }
};

class map_table_life : public ::testing::TestWithParam<std::uint64_t> {};
TEST_P(map_table_life, equals_maps_through_checkpoints_and_spills) {
  life<map_subject>(GetParam()).run(20'000);
}
INSTANTIATE_TEST_SUITE_P(seeds, map_table_life, ::testing::Range<std::uint64_t>(1, 5));

TEST(map_table, items_come_in_the_order_of_their_insertion) {
  world w;
  table_set set(w.context());
  map_table& table = set.open_map(spec());
  const key_handle key = table.locate_or_insert(number_key(1).view());
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    expected.push_back(std::to_string(i * 7919 % 101));
    table.put(key, expected.back(), "v");
  }
  table.put(key, expected[3], "a longer value that needs another block than the first one had");
  table.erase(key, expected[5]);
  expected.erase(expected.begin() + 5);
  std::vector<std::string> seen;
  for (map_cursor c = table.items(key); c.valid(); c.next()) seen.emplace_back(c.sub_key());
  EXPECT_EQ(seen, expected);
}

TEST(map_table, a_cursor_can_remove_what_it_passes) {
  world w;
  table_set set(w.context());
  map_table& table = set.open_map(spec());
  const key_handle key = table.locate_or_insert(number_key(1).view());
  for (int i = 0; i < 30; ++i) table.put(key, std::to_string(i), std::to_string(i % 2));
  for (map_cursor c = table.items(key); c.valid();) {
    if (c.value() == "0") {
      table.erase(c);
    } else {
      c.next();
    }
  }
  EXPECT_EQ(table.count(key), 15U);
  for (map_cursor c = table.items(key); c.valid(); c.next()) EXPECT_EQ(c.value(), "1");
}

TEST(map_table, counts_in_place) {
  world w;
  table_set set(w.context());
  map_table& table = set.open_map(spec());
  for (int round = 1; round <= 5; ++round) {
    const key_handle key = table.locate_or_insert(number_key(9).view());
    bool inserted = false;
    const value_ref count = table.upsert(key, "row", 8, &inserted);
    EXPECT_EQ(inserted, round == 1);
    std::int64_t n;
    std::memcpy(&n, count.data, sizeof n);
    EXPECT_EQ(n, round - 1);
    std::memcpy(count.data, &++n, sizeof n);
  }
}

TEST(map_table, handles_of_one_batch_survive_the_last_item) {
  world w;
  table_set set(w.context());
  map_table& table = set.open_map(spec());
  const key_handle first = table.locate_or_insert(number_key(1).view());
  const key_handle again = first;
  table.put(first, "a", "1");
  table.erase(first, "a");
  EXPECT_EQ(table.count(again), 0U);
  table.put(again, "b", "2");
  EXPECT_EQ(table.find(table.locate(number_key(1).view()), "b").view(), "2");
}

TEST(map_table, expired_items_are_invisible_one_by_one) {
  world w;
  table_set set(w.context());
  map_table& table = set.open_map(spec(1000));
  const key_handle key = table.locate_or_insert(number_key(1).view());
  table.put(key, "old", "1");
  w.time.advance(700);
  table.put(key, "young", "2");
  w.time.advance(300);
  EXPECT_FALSE(table.find(key, "old"));
  EXPECT_TRUE(table.find(key, "young"));
  map_cursor c = table.items(key);
  EXPECT_EQ(c.sub_key(), "young");
  c.next();
  EXPECT_FALSE(c.valid());
  bool inserted = false;
  (void)table.upsert(key, "old", 1, &inserted);
  EXPECT_TRUE(inserted);
  w.time.advance(700);
  auto delta = set.freeze(checkpoint_id(1));
  EXPECT_EQ(table.row_count(), 1U);
  set.written(*delta);
}

}  // namespace
}  // namespace millrace::tables
