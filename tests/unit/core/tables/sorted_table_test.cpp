#include "core/tables/sorted_table.hpp"

#include "tests/unit/core/tables/life.hpp"

#include <algorithm>

namespace millrace::tables {
namespace {

using testing::life;
using testing::number_key;
using testing::random_numbers;
using testing::world;

table_spec spec(bool sequenced = false, std::int64_t ttl = 0) {
  table_spec s;
  s.name = "ranks";
  s.key_types = {data::data_type(data::type_id::bigint)};
  s.sequenced = sequenced;
  s.ttl_ms = ttl;
  return s;
}

std::string order_of(random_numbers& random, std::int64_t key) {
  std::string order = testing::random_text(random, key < 2 ? 9 : 3);
  // Long orders with a common beginning go past the prefix in the leaf.
  return random.below(3) == 0 ? "common beginning " + order : order;
}

struct sorted_subject {
  using rows = std::map<std::string, std::string>;
  using model = std::map<std::int64_t, rows>;
  sorted_table* table = nullptr;

  void open(table_set& set) { table = &set.open_sorted(spec()); }

  void write(random_numbers& random, model& m) {
    const auto k = static_cast<std::int64_t>(random.below(random.below(2) == 0 ? 2 : 150));
    const std::string order = order_of(random, k);
    const auto action = random.below(100);
    if (action < 60) {
      const std::string row = testing::random_text(random, 50);
      const bool fresh = !(m.contains(k) && m[k].contains(order));
      EXPECT_EQ(table->put(table->locate_or_insert(number_key(k).view()), order, row), fresh);
      m[k][order] = row;
    } else if (action < 85) {
      const bool there = m.contains(k) && m[k].erase(order) == 1;
      EXPECT_EQ(table->erase(table->locate(number_key(k).view()), order), there);
    } else if (action < 97) {
      look(k, order, m);
    } else {
      std::string to = order_of(random, k);
      const std::string from = std::min(order, to);
      to = std::max(order, to);
      const auto removed = table->erase_range(table->locate(number_key(k).view()), from, to);
      std::uint32_t expected = 0;
      auto& all = m[k];
      const auto end = to.empty() ? all.end() : all.lower_bound(to);
      for (auto at = all.lower_bound(from); at != end; ++expected) at = all.erase(at);
      EXPECT_EQ(removed, expected);
    }
    if (m.contains(k) && m[k].empty()) m.erase(k);
  }

  // Bounds, both directions, rank and nth against the model.
  void look(std::int64_t k, const std::string& order, model& m) {
    const rows none;
    const rows& all = m.contains(k) ? m.at(k) : none;
    const key_handle key = table->locate(number_key(k).view());
    const auto lower = all.lower_bound(order);
    sorted_cursor c = table->lower_bound(key, order);
    ASSERT_EQ(c.valid(), lower != all.end());
    if (!c.valid()) return;
    EXPECT_EQ(c.order(), lower->first);
    const auto rank = static_cast<std::uint32_t>(std::distance(all.begin(), lower));
    EXPECT_EQ(table->rank(c), rank);
    EXPECT_EQ(table->nth(key, rank).order(), lower->first);
    const auto upper = std::find_if(lower, all.end(), [&](const auto& row) {
      return row.first > order && !row.first.starts_with(order);
    });
    const sorted_cursor u = table->upper_bound(key, order);
    ASSERT_EQ(u.valid(), upper != all.end());
    if (u.valid()) {
      EXPECT_EQ(u.order(), upper->first);
    }
    sorted_cursor back = c;
    back.previous();
    ASSERT_EQ(back.valid(), lower != all.begin());
    if (back.valid()) {
      EXPECT_EQ(back.order(), std::prev(lower)->first);
    }
  }

  model contents() {
    model all;
    table_cursor at;
    key_handle keys[4];
    while (const auto n = table->scan_keys(at, keys)) {
      for (std::uint32_t i = 0; i < n; ++i) {
        rows& found = all[testing::number_of(table->key_of(keys[i]))];
        std::vector<std::string> forward;
        for (sorted_cursor c = table->first(keys[i]); c.valid(); c.next()) {
          forward.emplace_back(c.order());
          found.emplace(c.order(), c.row());
        }
        std::vector<std::string> backward;
        for (sorted_cursor c = table->last(keys[i]); c.valid(); c.previous())
          backward.emplace_back(c.order());
        std::reverse(backward.begin(), backward.end());
        EXPECT_EQ(forward, backward);
        EXPECT_TRUE(std::is_sorted(forward.begin(), forward.end()));
        EXPECT_EQ(table->count(keys[i]), forward.size());
      }
    }
    return all;
  }
};

class sorted_table_life : public ::testing::TestWithParam<std::uint64_t> {};
TEST_P(sorted_table_life, equals_maps_through_checkpoints_and_spills) {
  life<sorted_subject>(GetParam()).run(20'000);
}
INSTANTIATE_TEST_SUITE_P(seeds, sorted_table_life, ::testing::Range<std::uint64_t>(1, 5));

TEST(sorted_table, rows_of_one_order_stay_in_the_order_they_came_also_after_a_restore) {
  world w;
  testing::image_writer image;
  {
    table_set set(w.context());
    sorted_table& table = set.open_sorted(spec(true));
    const key_handle key = table.locate_or_insert(number_key(1).view());
    for (int i = 0; i < 20; ++i) table.insert(key, i % 2 == 0 ? "a" : "b", std::to_string(i));
    auto delta = set.freeze(checkpoint_id(1));
    ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
    set.written(*delta);
  }
  table_set set(w.context());
  sorted_table& table = set.open_sorted(spec(true));
  testing::image_reader from(image.image);
  ASSERT_TRUE(set.restore(from, false).ok());
  const key_handle key = table.locate(number_key(1).view());
  table.insert(key, "a", "20");
  std::vector<std::string> seen;
  for (sorted_cursor c = table.first(key); c.valid(); c.next()) seen.emplace_back(c.row());
  EXPECT_EQ(seen,
            (std::vector<std::string>{"0", "2", "4", "6", "8", "10", "12", "14", "16", "18", "20",
                                      "1", "3", "5", "7", "9", "11", "13", "15", "17", "19"}));
  EXPECT_EQ(table.upper_bound(key, "a").row(), "1");
}

TEST(sorted_table, a_cursor_can_remove_what_it_passes) {
  world w;
  table_set set(w.context());
  sorted_table& table = set.open_sorted(spec());
  const key_handle key = table.locate_or_insert(number_key(1).view());
  for (int i = 0; i < 5000; ++i) {
    const std::string order = std::to_string(10'000 + i * 7919 % 5000);
    table.put(key, order, i % 5000 % 3 == 0 ? "keep" : "drop");
  }
  std::uint32_t kept = 0;
  for (sorted_cursor c = table.first(key); c.valid();) {
    if (c.row() == "drop") {
      table.erase(c);
    } else {
      ++kept;
      c.next();
    }
  }
  EXPECT_EQ(kept, table.count(key));
  EXPECT_EQ(kept, 1667U);
  EXPECT_EQ(table.erase_range(key, {}, {}), kept);
  EXPECT_FALSE(table.first(key).valid());
}

TEST(sorted_table, expired_rows_are_skipped_both_ways) {
  world w;
  table_set set(w.context());
  sorted_table& table = set.open_sorted(spec(false, 100));
  const key_handle key = table.locate_or_insert(number_key(1).view());
  table.put(key, "a", "1");
  table.put(key, "c", "3");
  w.time.advance(60);
  table.put(key, "b", "2");
  w.time.advance(40);
  EXPECT_EQ(table.first(key).row(), "2");
  EXPECT_EQ(table.last(key).row(), "2");
  EXPECT_TRUE(table.put(key, "a", "again"));
  EXPECT_EQ(table.first(key).row(), "again");
}

}  // namespace
}  // namespace millrace::tables
