#include "core/tables/table_set.hpp"

#include "core/tables/hash_table.hpp"
#include "core/tables/list_table.hpp"
#include "core/tables/map_table.hpp"
#include "core/tables/sorted_table.hpp"
#include "core/tables/task_state.hpp"
#include "core/tables/timer_queue.hpp"
#include "tests/unit/core/tables/life.hpp"

#include <thread>

namespace millrace::tables {
namespace {

using testing::image_reader;
using testing::image_writer;
using testing::number_key;
using testing::world;

table_spec named(const char* name) {
  table_spec s;
  s.name = name;
  s.key_types = {data::data_type(data::type_id::bigint)};
  s.slots = {slot_spec::bytes(8)};
  return s;
}

// One operator with a table of each kind.
struct all_kinds {
  explicit all_kinds(table_set& set)
      : hash(set.open_hash(named("hash"))),
        timers(set.open_timers(named("timers"))),
        map(set.open_map(named("map"))),
        task(set.open_task_state(named("task"))),
        list(set.open_list(named("list"))),
        sorted(set.open_sorted(named("sorted"))) {}

  void fill(std::int64_t from, std::int64_t to) {
    for (std::int64_t k = from; k < to; ++k) {
      const number_key key(k);
      std::memcpy(hash.find_or_insert(key.view()), &k, 8);
      timers.add(k, key.view());
      map.put(map.locate_or_insert(key.view()), "sub", std::to_string(k));
      list.append(key.view(), std::to_string(k));
      sorted.put(sorted.locate_or_insert(key.view()), "order", std::to_string(k));
    }
    task.set("watermark", std::to_string(to));
  }
  // Whether the keys below `to` are there, with the values `fill` gave.
  void expect(std::int64_t to) {
    for (std::int64_t k = 0; k < to; ++k) {
      const number_key key(k);
      const char* payload = hash.find(key.view());
      ASSERT_NE(payload, nullptr);
      EXPECT_EQ(std::memcmp(payload, &k, 8), 0);
      EXPECT_TRUE(timers.contains(k, key.view()));
      EXPECT_EQ(map.find(map.locate(key.view()), "sub").view(), std::to_string(k));
      EXPECT_EQ(list.rows(list.locate(key.view())).row(), std::to_string(k));
      EXPECT_EQ(sorted.first(sorted.locate(key.view())).row(), std::to_string(k));
    }
    EXPECT_EQ(task.get("watermark"), std::to_string(to));
  }

  hash_table& hash;
  timer_queue& timers;
  map_table& map;
  task_state& task;
  list_table& list;
  sorted_table& sorted;
};

TEST(table_set, a_snapshot_holds_every_kind_also_of_cold_key_groups) {
  world w;
  table_set set(w.context());
  all_kinds tables(set);
  tables.fill(0, 500);
  const auto freed = set.spill(20'000);
  ASSERT_TRUE(freed.ok());
  EXPECT_GE(*freed, 20'000U);
  EXPECT_GT(set.cold_groups(), 0U);
  auto snapshot = set.freeze(checkpoint_id(1), freeze_mode::snapshot);
  image_writer image;
  const auto written = table_set::write_delta(*snapshot, image);
  ASSERT_TRUE(written.ok());
  set.written(*snapshot);
  EXPECT_EQ(image.count, 5 * 500U + 1);

  table_set copy(w.context());
  all_kinds restored(copy);
  image_reader from(image.image);
  ASSERT_TRUE(copy.restore(from, true).ok());
  restored.expect(500);
}

// A base written as a snapshot, removals, a delta: what was removed must not come back.
TEST(table_set, a_delta_behind_a_snapshot_names_what_is_gone) {
  world w;
  auto context = w.context();
  context.store = nullptr;
  table_set set(context);
  all_kinds tables(set);
  tables.fill(0, 100);
  tables.task.assign("splits", {"a", "b"});
  image_writer image;
  auto snapshot = set.freeze(checkpoint_id(1), freeze_mode::snapshot);
  ASSERT_TRUE(table_set::write_delta(*snapshot, image).ok());
  set.written(*snapshot);
  for (std::int64_t k = 0; k < 100; ++k) {
    const number_key key(k);
    EXPECT_TRUE(tables.hash.erase(key.view()));
    EXPECT_TRUE(tables.timers.erase(k, key.view()));
    tables.map.erase(tables.map.locate(key.view()), "sub");
    tables.sorted.erase(tables.sorted.locate(key.view()), "order");
    tables.list.clear(tables.list.locate(key.view()));
  }
  tables.task.assign("splits", std::vector<std::string>());
  image.begin();
  auto delta = set.freeze(checkpoint_id(2));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  set.written(*delta);
  EXPECT_EQ(image.image.size(), 1U) << "the watermark alone";
}

TEST(table_set, snapshots_without_a_store_let_old_removals_go) {
  world w;
  auto context = w.context();
  context.store = nullptr;
  table_set set(context);
  hash_table& table = set.open_hash(named("hash"));
  const auto snap = [&](std::uint64_t id, bool abort) {
    image_writer image;
    auto snapshot = set.freeze(checkpoint_id(id), freeze_mode::snapshot);
    EXPECT_TRUE(table_set::write_delta(*snapshot, image).ok());
    abort ? set.merge_back(*snapshot) : set.written(*snapshot);
    return image.count;
  };
  const number_key key(1);
  (void)table.find_or_insert(key.view());
  EXPECT_EQ(snap(1, false), 1U);
  EXPECT_TRUE(table.erase(key.view()));
  EXPECT_EQ(snap(2, true), 0U);
  image_writer image;
  auto delta = set.freeze(checkpoint_id(3));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  set.merge_back(*delta);
  EXPECT_EQ(image.count, 1U) << "an aborted snapshot gives them back";
  EXPECT_EQ(snap(4, false), 0U);
  image.begin();
  delta = set.freeze(checkpoint_id(5));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  EXPECT_EQ(image.count, 0U);
}

TEST(table_set, snapshots_beside_a_store_leave_it_no_removals) {
  world w;
  table_set set(w.context());
  hash_table& table = set.open_hash(named("hash"));
  const number_key key(1);
  (void)table.find_or_insert(key.view());
  image_writer image;
  auto snapshot = set.freeze(checkpoint_id(1), freeze_mode::snapshot);
  ASSERT_TRUE(table_set::write_delta(*snapshot, image).ok());
  set.written(*snapshot);
  EXPECT_TRUE(table.erase(key.view()));
  image.begin();
  auto delta = set.freeze(checkpoint_id(2));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  EXPECT_EQ(image.count, 0U) << "the store never held the key";
}

TEST(table_set, cold_key_groups_come_back_by_prefetch) {
  world w;
  table_set set(w.context());
  all_kinds tables(set);
  tables.fill(0, 300);
  const auto before = w.budget.used();
  ASSERT_TRUE(set.spill(1 << 30).ok());
  const auto cold = set.cold_groups();
  EXPECT_GT(cold, 100U);
  EXPECT_LT(w.budget.used(), before / 2);
  const std::uint64_t hash = number_key(7).view().hash;
  EXPECT_EQ(set.prefetch(hash), readiness::loading);
  auto job = set.begin_load();
  ASSERT_NE(job, nullptr);
  EXPECT_EQ(set.prefetch(hash), readiness::loading);
  EXPECT_EQ(set.begin_load(), nullptr) << "a group is read once";
  std::thread([&] { job->run(); }).join();
  ASSERT_TRUE(set.finish_load(*job).ok());
  EXPECT_EQ(set.prefetch(hash), readiness::ready);
  EXPECT_EQ(set.cold_groups(), cold - 1);
  EXPECT_EQ(set.prefetch_all(), readiness::loading);
  world::load(set);
  tables.expect(300);
}

TEST(table_set, a_lookup_without_prefetch_loads_its_group_at_once) {
  world w;
  table_set set(w.context());
  all_kinds tables(set);
  tables.fill(0, 300);
  ASSERT_TRUE(set.spill(1 << 30).ok());
  tables.expect(300);
  EXPECT_TRUE(set.health().ok());
}

TEST(table_set, a_store_that_fails_is_reported_and_loses_nothing) {
  class broken final : public state_store {
   public:
    result<void> write(delta_reader&) override { return make_error(errc::state_io, "disk full"); }
    result<std::unique_ptr<delta_reader>> read(std::span<const key_group>) const override {
      return make_error(errc::state_io, "gone");
    }
    result<std::unique_ptr<delta_reader>> read_prefixes(
        std::span<const std::string>) const override {
      return make_error(errc::state_io, "gone");
    }
    result<std::vector<key_group>> groups() const override { return std::vector<key_group>(); }
    result<void> drop(std::span<const key_group>) override { return {}; }
    std::uint64_t stored_bytes() const override { return 0; }
  };
  world w;
  broken store;
  table_context context = w.context();
  context.store = &store;
  table_set set(context);
  all_kinds tables(set);
  tables.fill(0, 100);
  const auto spilled = set.spill(1 << 20);
  ASSERT_FALSE(spilled.ok());
  EXPECT_EQ(spilled.error().code, errc::state_io);
  EXPECT_EQ(set.cold_groups(), 0U);
  tables.expect(100);
  image_writer image;
  auto delta = set.freeze(checkpoint_id(1));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  EXPECT_EQ(image.count, 501U);
  set.written(*delta);
}

// The delta is written by another thread while the task goes on writing: run under the thread
// sanitizer too.
TEST(table_set, a_delta_is_written_beside_the_task) {
  world w;
  table_set set(w.context());
  all_kinds tables(set);
  tables.fill(0, 2000);
  image_writer image;
  for (std::uint64_t checkpoint = 1; checkpoint <= 5; ++checkpoint) {
    auto delta = set.freeze(checkpoint_id(checkpoint));
    image.begin();
    std::thread writer([&] { EXPECT_TRUE(table_set::write_delta(*delta, image).ok()); });
    for (std::int64_t k = 0; k < 2000; ++k) {
      const number_key key(k);
      const auto value = k + static_cast<std::int64_t>(checkpoint) * 10'000;
      std::memcpy(tables.hash.find_or_insert(key.view()), &value, 8);
      tables.map.put(tables.map.locate_or_insert(key.view()), "sub", std::to_string(value));
      tables.list.remove_first(tables.list.locate(key.view()), 1);
      tables.list.append(key.view(), std::to_string(value));
      tables.sorted.put(tables.sorted.locate_or_insert(key.view()), "order", std::to_string(value));
    }
    writer.join();
    set.written(*delta);
    table_set copy(w.context());
    all_kinds restored(copy);
    image_reader from(image.image);
    ASSERT_TRUE(copy.restore(from, false).ok());
    for (std::int64_t k = 0; k < 2000; k += 97) {
      const number_key key(k);
      const auto value = k + static_cast<std::int64_t>(checkpoint - 1) * 10'000;
      EXPECT_EQ(std::memcmp(restored.hash.find(key.view()), &value, 8), 0);
      EXPECT_EQ(restored.map.find(restored.map.locate(key.view()), "sub").view(),
                std::to_string(value));
      EXPECT_EQ(restored.list.count(restored.list.locate(key.view())), 1U);
    }
  }
}

TEST(table_set, a_set_that_dies_first_cuts_its_delta_off) {
  world w;
  std::shared_ptr<frozen_delta> delta;
  {
    table_set set(w.context());
    all_kinds tables(set);
    tables.fill(0, 10);
    delta = set.freeze(checkpoint_id(1));
  }
  image_writer image;
  const auto written = table_set::write_delta(*delta, image);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, errc::runtime_interrupted);
}

TEST(table_set, a_table_that_is_not_declared_any_more_needs_permission) {
  world w;
  table_set set(w.context());
  all_kinds tables(set);
  tables.fill(0, 10);
  image_writer image;
  auto snapshot = set.freeze(checkpoint_id(1), freeze_mode::snapshot);
  ASSERT_TRUE(table_set::write_delta(*snapshot, image).ok());
  set.written(*snapshot);
  table_set smaller(w.context());
  hash_table& hash = smaller.open_hash(named("hash"));
  image_reader from(image.image);
  const auto refused = smaller.restore(from, false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, errc::state_type_changed);
  image_reader again(image.image);
  ASSERT_TRUE(smaller.restore(again, false, true).ok());
  EXPECT_EQ(hash.row_count(), 10U);
}

TEST(task_state, lists_are_redistributed_as_they_say) {
  std::vector<std::vector<owned_entry>> old;
  for (int task = 0; task < 2; ++task) {
    world w;
    table_set set(w.context());
    task_state& state = set.open_task_state(named("task"));
    state.declare("splits", redistribution::split);
    state.declare("all", redistribution::unite);
    state.declare("same", redistribution::broadcast);
    for (int i = 0; i < 3; ++i)
      state.append("splits", "s" + std::to_string(task) + std::to_string(i));
    state.append("all", "u" + std::to_string(task));
    state.set("same", "b");
    image_writer image;
    auto delta = set.freeze(checkpoint_id(1));
    ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
    set.written(*delta);
    old.emplace_back();
    for (const auto& [key, value] : image.image) old.back().push_back({key, value});
  }
  const auto tasks = redistribute_task_state(old, 3);
  ASSERT_TRUE(tasks.ok());
  std::size_t splits = 0;
  for (const auto& entries : *tasks) {
    world w;
    table_set set(w.context());
    task_state& state = set.open_task_state(named("task"));
    std::vector<delta_entry> delta;
    for (const auto& e : entries) delta.push_back({e.key, e.value, false});
    vector_reader from(delta);
    ASSERT_TRUE(set.restore(from, false).ok());
    EXPECT_EQ(state.entries("splits").size(), 2U);
    splits += state.entries("splits").size();
    EXPECT_EQ(state.entries("all"), (std::vector<std::string>{"u0", "u1"}));
    EXPECT_EQ(state.get("same"), "b");
  }
  EXPECT_EQ(splits, 6U);
}

TEST(task_state, a_list_that_became_shorter_leaves_tombstones) {
  world w;
  table_set set(w.context());
  task_state& state = set.open_task_state(named("task"));
  state.assign("splits", {"a", "b", "c"});
  image_writer image;
  auto delta = set.freeze(checkpoint_id(1));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  set.merge_back(*delta);
  state.assign("splits", {"d"});
  image.begin();
  delta = set.freeze(checkpoint_id(2));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  set.written(*delta);
  EXPECT_EQ(image.image.size(), 1U);
  image.begin();
  delta = set.freeze(checkpoint_id(3));
  ASSERT_TRUE(table_set::write_delta(*delta, image).ok());
  EXPECT_EQ(image.count, 0U);
  set.written(*delta);
}

}  // namespace
}  // namespace millrace::tables
