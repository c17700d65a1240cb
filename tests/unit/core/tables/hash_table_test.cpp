#include "core/tables/hash_table.hpp"

#include "core/data/column_builder.hpp"
#include "core/tables/key_codec.hpp"
#include "core/tables/key_probe.hpp"
#include "tests/unit/core/tables/fixture.hpp"

#include <map>

namespace millrace::tables {
namespace {

using testing::image_reader;
using testing::image_writer;
using testing::mixed;
using testing::number_key;
using testing::random_numbers;
using testing::world;

table_spec numbers_spec(std::int64_t ttl = 0) {
  table_spec spec;
  spec.name = "sums";
  spec.key_types = {data::data_type(data::type_id::bigint)};
  spec.slots = {slot_spec::bytes(8), slot_spec::blob(), slot_spec::bytes(8)};
  spec.ttl_ms = ttl;
  return spec;
}

// The model: key -> (number, text).
using model = std::map<std::int64_t, std::pair<std::int64_t, std::string>>;

std::int64_t number_in(const char* payload) {
  std::int64_t v;
  std::memcpy(&v, payload, sizeof v);
  return v;
}

void write(hash_table& table, char* payload, std::int64_t number, const std::string& text) {
  std::memcpy(payload, &number, sizeof number);
  table.heap_of(payload).assign(*reinterpret_cast<data::blob_slot*>(payload + table.slot_offset(1)),
                                text);
}

model contents(hash_table& table) {
  model all;
  table_cursor at;
  char* payloads[7];
  while (const auto n = table.scan(at, payloads)) {
    for (std::uint32_t i = 0; i < n; ++i) {
      std::int64_t key;
      std::memcpy(&key, table.key_of(payloads[i]).data, 8);
      const auto* blob =
          reinterpret_cast<const data::blob_slot*>(payloads[i] + table.slot_offset(1));
      all[key] = {number_in(payloads[i]), std::string(blob->view())};
    }
  }
  return all;
}

TEST(hash_table, keys_differ_in_any_byte) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string key(size, 'k');
    EXPECT_TRUE(same_bytes(key.data(), std::string(size, 'k').data(), size));
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = key;
      other[at] = 'x';
      EXPECT_FALSE(same_bytes(key.data(), other.data(), size)) << at << " of " << size;
    }
  }
}

TEST(hash_table, a_new_key_has_a_zero_payload_that_stays_where_it_is) {
  world w;
  table_set set(w.context());
  hash_table& table = set.open_hash(numbers_spec());
  bool inserted = false;
  char* first = table.find_or_insert(number_key(7).view(), &inserted);
  EXPECT_TRUE(inserted);
  EXPECT_EQ(std::string(first, table.payload_size()), std::string(table.payload_size(), '\0'));
  for (std::int64_t k = 100; k < 20'000; ++k)
    write(table, table.find_or_insert(number_key(k).view()), k, "x");
  EXPECT_EQ(table.find_or_insert(number_key(7).view(), &inserted), first);
  EXPECT_FALSE(inserted);
  EXPECT_EQ(table.row_count(), 19'901U);
}

TEST(hash_table, a_small_table_stays_small) {
  world w;
  table_set set(w.context());
  hash_table& table = set.open_hash(numbers_spec());
  for (std::int64_t k = 0; k < 10; ++k) table.find_or_insert(number_key(k).view());
  EXPECT_LT(table.memory_bytes(), 8'000U);
  EXPECT_EQ(w.budget.used(), static_cast<std::int64_t>(table.memory_bytes()));
}

TEST(hash_table, gives_all_its_memory_back) {
  world w;
  {
    table_set set(w.context());
    hash_table& table = set.open_hash(numbers_spec());
    for (std::int64_t k = 0; k < 5'000; ++k)
      write(table, table.find_or_insert(number_key(k).view()), k, std::string(k % 90, 'y'));
    EXPECT_GT(w.budget.used(), 0);
  }
  EXPECT_EQ(w.budget.used(), 0);
}

struct batch_case {
  const char* name;
  std::vector<data::data_type> types;
};

class hash_table_batches : public ::testing::TestWithParam<batch_case> {};

// Fills a column with values that repeat, NULLs among them.
void fill(data::column_builder& column, std::uint32_t rows, random_numbers& random) {
  for (std::uint32_t i = 0; i < rows; ++i) {
    const auto v = static_cast<std::int64_t>(random.below(300));
    if (v == 13 && column.type().nullable()) {
      column.append_null();
    } else if (column.type().id() == data::type_id::varchar) {
      column.append_text(std::string(static_cast<std::size_t>(v % 40), 'k') + std::to_string(v));
    } else if (data::fixed_width(column.type().id()) == 8) {
      column.append(v);
    } else if (data::fixed_width(column.type().id()) == 4) {
      column.append(static_cast<std::int32_t>(v));
    } else {
      column.append(static_cast<data::int128>(v));
    }
  }
}

// Counts rows per key in batches; a map over the key's text is the model.
TEST_P(hash_table_batches, count_like_a_map) {
  world w;
  table_set set(w.context());
  table_spec spec = numbers_spec();
  spec.key_types = GetParam().types;
  hash_table& table = set.open_hash(spec);
  key_encoder encoder(spec.key_types);
  random_numbers random{11};
  std::map<std::string, std::int64_t> expected;
  std::vector<std::uint32_t> columns;
  for (std::uint32_t c = 0; c < spec.key_types.size(); ++c) columns.push_back(c);
  key_batch keys;
  for (int round = 0; round < 20; ++round) {
    data::batch_builder builder(spec.key_types);
    for (const auto c : columns) fill(builder.column_at(c), 500, random);
    builder.end_rows(500);
    auto batch = builder.finish();
    if (round % 3 == 1) batch = data::live_slice(batch, 17, 300);
    // Equal keys need equal hashes: hash the encoded bytes.
    std::vector<std::uint64_t> hashes(batch->stored_rows(), 0);
    encoder.encode(*batch, columns, hashes.data(), keys);
    std::vector<std::string> texts;
    for (std::uint32_t i = 0; i < keys.count(); ++i) {
      const key_view key = keys.view(i);
      texts.push_back(std::string(key.bytes()) + char('0' + key.nulls));
      hashes[batch->row_at(i)] = mixed(std::hash<std::string>()(texts.back()));
    }
    encoder.encode(*batch, columns, hashes.data(), keys);
    std::vector<char*> payloads(keys.count());
    std::vector<std::uint8_t> inserted(keys.count());
    table.find_or_insert(keys, payloads, inserted);
    for (std::uint32_t i = 0; i < keys.count(); ++i) {
      auto [at, fresh] = expected.try_emplace(texts[i], 0);
      EXPECT_EQ(inserted[i], fresh ? 1 : 0);
      const std::int64_t next = ++at->second;
      EXPECT_EQ(number_in(payloads[i]) + 1, next);
      std::memcpy(payloads[i], &next, sizeof next);
    }
    std::vector<const char*> found(keys.count());
    table.find(keys, found);
    for (std::uint32_t i = 0; i < keys.count(); ++i) EXPECT_EQ(found[i], payloads[i]);
  }
  EXPECT_EQ(table.row_count(), expected.size());
}

using data::data_type;
using data::type_id;
INSTANTIATE_TEST_SUITE_P(
    keys, hash_table_batches,
    ::testing::Values(
        batch_case{"bigint", {data_type(type_id::bigint, false)}},
        batch_case{"nullable_bigint", {data_type(type_id::bigint)}},
        batch_case{"integer", {data_type(type_id::integer)}},
        batch_case{"two_bigints", {data_type(type_id::bigint), data_type(type_id::bigint)}},
        batch_case{
            "three",
            {data_type(type_id::bigint), data_type(type_id::date), data_type(type_id::timestamp)}},
        batch_case{"decimals", {data_type::decimal(20, 2), data_type::decimal(20, 2)}},
        batch_case{"string", {data_type::string()}},
        batch_case{"string_and_bigint", {data_type::string(), data_type(type_id::bigint)}},
        batch_case{
            "wide",
            {data_type(type_id::bigint), data_type(type_id::bigint), data_type(type_id::bigint),
             data_type(type_id::bigint), data_type(type_id::bigint)}}),
    [](const auto& at) { return at.param.name; });

// Random writes, erasures, freezes, aborts, spills and restores; the model says what must be there.
class hash_table_life : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(hash_table_life, equals_a_map_through_checkpoints_and_spills) {
  world w;
  random_numbers random{GetParam()};
  auto set = std::make_unique<table_set>(w.context());
  hash_table* table = &set->open_hash(numbers_spec());
  model now;
  model committed;
  std::map<std::string, std::string> linked;
  std::shared_ptr<frozen_delta> open;
  model frozen;
  for (int step = 0; step < 20'000; ++step) {
    const auto key = static_cast<std::int64_t>(random.below(600));
    const auto action = random.below(1000);
    if (action < 650) {
      char* payload = table->find_or_insert(number_key(key).view());
      const auto number = static_cast<std::int64_t>(random.next());
      const std::string text(random.below(100), static_cast<char>('a' + key % 26));
      write(*table, payload, number, text);
      now[key] = {number, text};
    } else if (action < 900) {
      EXPECT_EQ(table->erase(number_key(key).view()), now.erase(key) == 1);
    } else if (action < 970) {
      const char* payload = table->find(number_key(key).view());
      ASSERT_EQ(payload != nullptr, now.contains(key));
      if (payload) {
        EXPECT_EQ(number_in(payload), now[key].first);
      }
    } else if (action < 980 && !open) {
      open = set->freeze(checkpoint_id(static_cast<std::uint64_t>(step)));
      frozen = now;
    } else if (action < 990 && open) {
      if (random.below(3) == 0) {
        set->merge_back(*open);
      } else {
        auto reader = table_set::read_delta(open);
        ASSERT_TRUE(w.store.write(**reader).ok());
        linked = testing::image_of(w.store);
        set->written(*open);
        committed = frozen;
      }
      open = nullptr;
    } else if (action < 994) {
      ASSERT_TRUE(set->spill(random.below(50'000)).ok());
    } else if (action < 995) {
      // Start again from the last checkpoint.
      open = nullptr;
      set = std::make_unique<table_set>(w.context());
      table = &set->open_hash(numbers_spec());
      image_reader from(linked);
      ASSERT_TRUE(set->restore(from, false).ok());
      ASSERT_TRUE(w.store.drop(w.store.groups().value()).ok());
      image_reader again(linked);
      ASSERT_TRUE(w.store.write(again).ok());
      now = committed;
      EXPECT_EQ(contents(*table), now);
    }
  }
  open = nullptr;
  if (set->prefetch_all() == readiness::loading) world::load(*set);
  EXPECT_EQ(set->cold_groups(), 0U);
  EXPECT_EQ(contents(*table), now);
  EXPECT_TRUE(set->health().ok());
}
INSTANTIATE_TEST_SUITE_P(seeds, hash_table_life, ::testing::Range<std::uint64_t>(1, 7));

TEST(hash_table, a_rescaled_set_takes_its_key_groups_only) {
  world w;
  table_set set(w.context());
  hash_table& table = set.open_hash(numbers_spec());
  for (std::int64_t k = 0; k < 1000; ++k)
    write(table, table.find_or_insert(number_key(k).view()), k, "v" + std::to_string(k));
  image_writer image;
  auto snapshot = set.freeze(checkpoint_id(1), freeze_mode::snapshot);
  ASSERT_TRUE(table_set::write_delta(*snapshot, image).ok());
  set.written(*snapshot);
  model all;
  for (std::uint32_t task = 0; task < 3; ++task) {
    table_set part(w.context(key_range::of_subtask(task, 3, 128)));
    hash_table& share = part.open_hash(numbers_spec());
    image_reader from(image.image);
    ASSERT_TRUE(part.restore(from, true).ok());
    for (const auto& [key, value] : contents(share)) {
      EXPECT_EQ(mixed(static_cast<std::uint64_t>(key)) % 128 * 3 / 128, task);
      EXPECT_TRUE(all.emplace(key, value).second);
    }
    image_writer changes;
    auto delta = part.freeze(checkpoint_id(1));
    ASSERT_TRUE(table_set::write_delta(*delta, changes).ok());
    EXPECT_EQ(changes.count, share.row_count());
    part.written(*delta);
  }
  EXPECT_EQ(all, contents(table));
}

TEST(hash_table, writes_after_a_freeze_do_not_change_its_delta) {
  world w;
  table_set set(w.context());
  hash_table& table = set.open_hash(numbers_spec());
  for (std::int64_t k = 0; k < 50; ++k)
    write(table, table.find_or_insert(number_key(k).view()), k, "before");
  auto delta = set.freeze(checkpoint_id(1));
  for (std::int64_t k = 0; k < 25; ++k)
    write(table, table.find_or_insert(number_key(k).view()), -k, "after");
  table.erase(number_key(3).view());
  image_writer image;
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  set.written(*delta);
  table_set other(w.context());
  hash_table& copy = other.open_hash(numbers_spec());
  image_reader from(image.image);
  ASSERT_TRUE(other.restore(from, false).ok());
  for (const auto& [key, value] : contents(copy))
    EXPECT_EQ(value, std::pair(key, std::string("before")));
  EXPECT_EQ(copy.row_count(), 50U);

  image.begin();
  delta = set.freeze(checkpoint_id(2));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  EXPECT_EQ(image.count, 25U);
  EXPECT_EQ(image.tombstones, 1U);
  set.written(*delta);
}

TEST(hash_table, a_snapshot_leaves_the_next_delta_as_it_was) {
  world w;
  table_set set(w.context());
  hash_table& table = set.open_hash(numbers_spec());
  for (std::int64_t k = 0; k < 10; ++k) table.find_or_insert(number_key(k).view());
  image_writer image;
  auto snapshot = set.freeze(checkpoint_id(1), freeze_mode::snapshot);
  ASSERT_TRUE(table_set::write_delta(*snapshot, image).ok());
  EXPECT_EQ(image.count, 10U);
  set.written(*snapshot);
  image.begin();
  auto delta = set.freeze(checkpoint_id(2));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  EXPECT_EQ(image.count, 10U);
  set.written(*delta);
}

TEST(hash_table, expired_keys_are_invisible_and_leave_with_the_next_delta) {
  world w;
  table_set set(w.context());
  hash_table& table = set.open_hash(numbers_spec(1000));
  write(table, table.find_or_insert(number_key(1).view()), 10, "old");
  w.time.advance(600);
  write(table, table.find_or_insert(number_key(2).view()), 20, "young");
  EXPECT_NE(table.find(number_key(1).view()), nullptr);  // reading does not refresh
  image_writer image;
  auto delta = set.freeze(checkpoint_id(1));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  set.written(*delta);
  w.time.advance(400);
  EXPECT_EQ(table.find(number_key(1).view()), nullptr);
  EXPECT_EQ(contents(table).size(), 1U);
  image.begin();
  delta = set.freeze(checkpoint_id(2));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  set.written(*delta);
  EXPECT_EQ(image.tombstones, 1U);
  EXPECT_EQ(table.row_count(), 1U);
  w.time.advance(600);
  bool inserted = false;
  EXPECT_EQ(number_in(table.find_or_insert(number_key(2).view(), &inserted)), 0);
  EXPECT_TRUE(inserted);

  // The write time travels with the state.
  table_set other(w.context());
  hash_table& copy = other.open_hash(numbers_spec(1000));
  image_reader from(image.image);
  ASSERT_TRUE(other.restore(from, false).ok());
  EXPECT_EQ(copy.find(number_key(2).view()), nullptr);
}

TEST(hash_table, damaged_entries_are_refused) {
  world w;
  table_set set(w.context());
  hash_table& table = set.open_hash(numbers_spec());
  write(table, table.find_or_insert(number_key(1).view()), 1, "text");
  image_writer image;
  auto snapshot = set.freeze(checkpoint_id(1), freeze_mode::snapshot);
  ASSERT_TRUE(table_set::write_delta(*snapshot, image).ok());
  set.written(*snapshot);
  const auto [key, value] = *image.image.begin();
  for (std::size_t cut = 0; cut < value.size(); ++cut) {
    table_set other(w.context());
    (void)other.open_hash(numbers_spec());
    const delta_entry entry{key, std::string_view(value).substr(0, cut), false};
    vector_reader from(std::span(&entry, 1));
    const auto restored = other.restore(from, false);
    ASSERT_FALSE(restored.ok());
    EXPECT_EQ(restored.error().code, errc::state_corrupt);
  }
}

}  // namespace
}  // namespace millrace::tables
