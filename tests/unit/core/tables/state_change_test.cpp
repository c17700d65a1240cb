#include "core/tables/state_change.hpp"

#include "core/tables/hash_table.hpp"
#include "core/tables/list_table.hpp"
#include "core/tables/timer_queue.hpp"
#include "tests/unit/core/tables/fixture.hpp"

#include <gmock/gmock.h>

namespace millrace::tables {
namespace {

using data::data_type;
using data::type_id;

table_spec table_of(std::vector<data_type> values) {
  table_spec t;
  t.name = "rows";
  t.kind = table_kind::hash;
  t.key_types = {data_type(type_id::bigint)};
  t.value_types = std::move(values);
  return t;
}

bool readable(std::vector<data_type> before, std::vector<data_type> now) {
  const std::vector<table_spec> old{table_of(std::move(before))};
  const std::vector<table_spec> query{table_of(std::move(now))};
  return check_readable(old, query).ok();
}

TEST(state_change, takes_types_whose_bytes_are_alike) {
  EXPECT_TRUE(readable({data_type(type_id::integer, false)}, {data_type(type_id::integer)}));
  EXPECT_TRUE(readable({data_type::string().with_precision(5)}, {data_type::string()}));
  EXPECT_TRUE(readable({data_type::decimal(10, 2)}, {data_type::decimal(12, 2)}));
}

TEST(state_change, refuses_types_whose_bytes_differ) {
  EXPECT_FALSE(readable({data_type(type_id::bigint)}, {data_type(type_id::integer)}));
  EXPECT_FALSE(readable({data_type::decimal(10, 2)}, {data_type::decimal(10, 3)}));
  EXPECT_FALSE(readable({data_type::timestamp(3)}, {data_type::timestamp(6)}));
  EXPECT_FALSE(readable({data_type(type_id::integer)},
                        {data_type(type_id::integer), data_type(type_id::integer)}));
}

TEST(state_change, names_the_table_and_both_types) {
  const std::vector<table_spec> before{table_of({data_type(type_id::bigint)})};
  const std::vector<table_spec> now{table_of({data_type(type_id::integer)})};
  const auto checked = check_readable(before, now);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, errc::state_type_changed);
  EXPECT_THAT(checked.error().message,
              ::testing::HasSubstr("rows (BIGINT) -> (BIGINT) where the query keeps rows (BIGINT) "
                                   "-> (INT)"));
  EXPECT_FALSE(check_readable(before, {}).ok());
  EXPECT_FALSE(check_readable({}, now).ok());
}

using testing::image_reader;
using testing::image_writer;
using testing::world;

const data_type int_type(type_id::integer);
const data_type long_type(type_id::bigint);

// The key of one INT as it is packed, and of a BIGINT, with the hash that both have.
struct integer_key {
  explicit integer_key(std::int32_t v) : narrow(v), wide(v) {}
  [[nodiscard]] key_view as_int() const {
    return {testing::mixed(static_cast<std::uint64_t>(wide)), reinterpret_cast<const char*>(bytes),
            8, 0};
  }
  [[nodiscard]] key_view as_bigint() const {
    return {testing::mixed(static_cast<std::uint64_t>(wide)), reinterpret_cast<const char*>(&wide),
            8, 0};
  }
  std::int32_t narrow;
  std::int64_t wide;
  std::int32_t bytes[2] = {narrow, 0};
};

// A sum, and behind it a MIN or MAX: the value and whether there is one.
struct aggregation {
  aggregation(table_set& set, const data_type& type, bool more = false) {
    table_spec groups;
    groups.name = "groups";
    groups.key_types = {type};
    groups.slots = {slot_spec::bytes(8), slot_spec::bytes(16)};
    if (more) groups.slots.insert(groups.slots.begin(), {slot_spec::blob(), slot_spec::bytes(8)});
    hash = &set.open_hash(groups);
    table_spec rows;
    rows.name = "rows";
    rows.key_types = {type};
    rows.value_types = {type, data_type::string()};
    list = &set.open_list(rows);
    table_spec due;
    due.name = "timers";
    due.key_types = {type};
    timers = &set.open_timers(due);
  }
  hash_table* hash;
  list_table* list;
  timer_queue* timers;
};

// A row of an INT or a BIGINT and a text.
template <class T>
std::string row_of(T number, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string out(1, '\0');
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
  out.append(reinterpret_cast<const char*>(&size), sizeof size);
  return out.append(text);
}

std::map<std::string, std::string> written_before(world& w, std::vector<table_spec>& specs) {
  table_set set(w.context());
  const aggregation tables(set, int_type);
  for (std::int32_t k = -50; k < 50; ++k) {
    const integer_key key(k);
    char* payload = tables.hash->find_or_insert(key.as_int());
    const std::int64_t sum = 10 * k;
    const std::int32_t least = -k;
    const std::int64_t seen = 1;
    std::memcpy(payload, &sum, sizeof sum);
    std::memcpy(payload + 8, &least, sizeof least);
    std::memcpy(payload + 12, &seen, sizeof seen);
    tables.list->append(key.as_int(), row_of(k, "text"));
    tables.timers->add(k, key.as_int());
  }
  specs = set.specs();
  const auto frozen = set.freeze(checkpoint_id(1), freeze_mode::snapshot);
  image_writer image;
  EXPECT_TRUE(table_set::write_delta(*frozen, image).ok());
  set.written(*frozen);
  return image.image;
}

TEST(state_change, reads_integers_as_wider_ones_and_starts_new_slots_empty) {
  world w;
  std::vector<table_spec> before;
  const auto image = written_before(w, before);
  table_set set(w.context());
  const aggregation tables(set, long_type, true);
  const slot_origin least{1, int_type, long_type};
  const std::vector<table_match> matches{
      {"groups", "groups", {slot_origin{}, slot_origin{}, slot_origin{0, {}, {}}, least}}};
  const auto change = state_change::between(before, set.specs(), matches);
  ASSERT_TRUE(change.ok());
  EXPECT_FALSE(change->nothing());
  const auto from = change->apply(std::make_unique<image_reader>(image));
  ASSERT_TRUE(set.restore(*from, false).ok());
  for (std::int32_t k = -50; k < 50; ++k) {
    const integer_key key(k);
    const char* payload = tables.hash->find(key.as_bigint());
    ASSERT_NE(payload, nullptr) << k;
    std::int64_t values[6];  // the blob, the new slot, the sum, the extreme
    std::memcpy(values, payload, sizeof values);
    EXPECT_THAT(values, ::testing::ElementsAre(0, 0, 0, 10 * k, -k, 1));
    EXPECT_EQ(tables.list->rows(tables.list->locate(key.as_bigint())).row(),
              row_of(std::int64_t{k}, "text"));
    EXPECT_TRUE(tables.timers->contains(k, key.as_bigint()));
  }
}

TEST(state_change, leaves_tables_out_that_nobody_reads) {
  world w;
  std::vector<table_spec> before;
  const auto image = written_before(w, before);
  table_set set(w.context());
  table_spec rows = before[1];
  list_table& list = set.open_list(rows);
  EXPECT_FALSE(state_change::between(before, set.specs()).ok());
  const std::vector<table_match> matches{{"groups", "", {}}, {"timers", "", {}}};
  const auto change = state_change::between(before, set.specs(), matches);
  ASSERT_TRUE(change.ok());
  const auto from = change->apply(std::make_unique<image_reader>(image));
  ASSERT_TRUE(set.restore(*from, false).ok());
  EXPECT_EQ(list.row_count(), 100U);
  EXPECT_TRUE(state_change::between(before, before)->nothing());
}

TEST(state_change, refuses_bytes_that_are_not_what_was_declared) {
  world w;
  std::vector<table_spec> before;
  auto image = written_before(w, before);
  for (auto& [key, value] : image) value.resize(value.size() / 2);
  std::vector<table_spec> now = before;
  now[0].slots.push_back(slot_spec::bytes(8));
  const std::vector<table_match> matches{
      {"groups", "groups", {slot_origin{0, {}, {}}, slot_origin{1, {}, {}}, slot_origin{}}}};
  const auto change = state_change::between(before, now, matches);
  ASSERT_TRUE(change.ok());
  const auto from = change->apply(std::make_unique<image_reader>(image));
  const auto read = from->next();
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, errc::state_corrupt);
}

}  // namespace
}  // namespace millrace::tables
