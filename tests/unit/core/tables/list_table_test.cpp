#include "core/tables/list_table.hpp"

#include "tests/unit/core/tables/life.hpp"

namespace millrace::tables {
namespace {

using testing::life;
using testing::number_key;
using testing::random_numbers;
using testing::world;

table_spec spec(std::int64_t ttl = 0) {
  table_spec s;
  s.name = "rows";
  s.key_types = {data::data_type(data::type_id::bigint)};
  s.ttl_ms = ttl;
  return s;
}

struct list_subject {
  using model = std::map<std::int64_t, std::vector<std::string>>;
  list_table* table = nullptr;

  void open(table_set& set) { table = &set.open_list(spec()); }

  void write(random_numbers& random, model& m) {
    const auto k = static_cast<std::int64_t>(random.below(100));
    if (random.below(4) != 0) {
      const std::string row = testing::random_text(random, 90);
      table->append(number_key(k).view(), row);
      m[k].push_back(row);
      return;
    }
    const auto n = static_cast<std::uint32_t>(random.below(7));
    table->remove_first(table->locate(number_key(k).view()), n);
    if (!m.contains(k)) return;
    auto& rows = m[k];
    rows.erase(rows.begin(), rows.begin() + std::min<std::ptrdiff_t>(n, std::ssize(rows)));
    if (rows.empty()) m.erase(k);
  }

  model contents() {
    model all;
    table_cursor at;
    key_handle keys[3];
    while (const auto n = table->scan_keys(at, keys)) {
      for (std::uint32_t i = 0; i < n; ++i) {
        auto& rows = all[testing::number_of(table->key_of(keys[i]))];
        for (list_cursor c = table->rows(keys[i]); c.valid(); c.next()) rows.emplace_back(c.row());
        EXPECT_EQ(table->count(keys[i]), rows.size());
      }
    }
    return all;
  }
};

class list_table_life : public ::testing::TestWithParam<std::uint64_t> {};
TEST_P(list_table_life, equals_lists_through_checkpoints_and_spills) {
  life<list_subject>(GetParam()).run(20'000);
}
INSTANTIATE_TEST_SUITE_P(seeds, list_table_life, ::testing::Range<std::uint64_t>(1, 5));

TEST(list_table, appending_costs_one_row_in_the_delta) {
  world w;
  table_set set(w.context());
  list_table& table = set.open_list(spec());
  for (int i = 0; i < 1000; ++i) table.append(number_key(1).view(), "row");
  testing::image_writer image;
  auto delta = set.freeze(checkpoint_id(1));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  EXPECT_EQ(image.count, 1000U);
  set.written(*delta);
  table.append(number_key(1).view(), "one more");
  image.begin();
  delta = set.freeze(checkpoint_id(2));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  EXPECT_EQ(image.count, 1U);
  set.written(*delta);
}

TEST(list_table, expired_rows_are_invisible) {
  world w;
  table_set set(w.context());
  list_table& table = set.open_list(spec(100));
  table.append(number_key(1).view(), "old");
  w.time.advance(60);
  table.append(number_key(1).view(), "young");
  w.time.advance(40);
  list_cursor c = table.rows(table.locate(number_key(1).view()));
  EXPECT_EQ(c.row(), "young");
  c.next();
  EXPECT_FALSE(c.valid());
}

}  // namespace
}  // namespace millrace::tables
