#include "state/backend/rocksdb_store.hpp"

#include "state/backend/spill_directory.hpp"
#include "state/backend/status.hpp"
#include "tests/support/state_store_contract.hpp"

#include <rocksdb/status.h>

#include <filesystem>
#include <fstream>

namespace millrace::tables {

namespace {

std::shared_ptr<state::rocksdb_store> fresh_store() {
  static const auto folder = state::spill_directory::make(::testing::TempDir()).value();
  static const auto memory = std::make_shared<state::rocksdb_memory>(8 << 20);
  return state::rocksdb_store::make(folder->next(), memory);
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(rocksdb, state_store_contract, ::testing::Values(state_store_factory([] {
                           return fresh_store()->section(0);
                         })));

class rocksdb_store_test : public state_store_contract {};
INSTANTIATE_TEST_SUITE_P(rocksdb, rocksdb_store_test, ::testing::Values(state_store_factory([] {
                           return fresh_store()->section(0);
                         })));

TEST_P(rocksdb_store_test, large_deltas_and_small_ones_cover_each_other) {
  image all;
  for (int i = 0; i < 5000; ++i) {
    all[key(7, std::to_string(i) + std::string(100, 'k'))] = std::string(100, 'v');
  }
  put(*store_, all);
  const std::string first = all.begin()->first, second = std::next(all.begin())->first;
  put(*store_, {{first, "changed"}}, {second});
  all[first] = "changed";
  all.erase(second);
  EXPECT_EQ(read(*store_, {7}), all);
  for (auto& [k, v] : all) v = "again" + v;
  put(*store_, all);
  EXPECT_EQ(read(*store_, {7}), all);
}

TEST_P(rocksdb_store_test, sections_do_not_see_each_other) {
  const auto store = fresh_store();
  const auto one = store->section(1), two = store->section(2);
  put(*one, {{key(3, "a"), "one"}, {key(unkeyed_group, "z"), "end"}});
  put(*two, {{key(3, "a"), "two"}, {key(0, "b"), "start"}});
  EXPECT_EQ(read(*one, {0, 3}), (image{{key(3, "a"), "one"}}));
  EXPECT_EQ(*one->groups(), (std::vector<key_group>{key_group(3), key_group(unkeyed_group)}));
  const key_group last(unkeyed_group);
  ASSERT_TRUE(one->drop(std::span(&last, 1)).ok());
  EXPECT_EQ(read(*two, {0, 3}).size(), 2U);
}

}  // namespace millrace::tables

namespace millrace::state {
namespace {

TEST(rocksdb_store_life, there_are_files_only_between_the_first_write_and_the_end) {
  const auto folder = spill_directory::make(testing::TempDir()).value();
  const std::string path = folder->next();
  auto section = rocksdb_store::make(path, std::make_shared<rocksdb_memory>(8 << 20))->section(0);
  EXPECT_TRUE(section->groups()->empty());
  EXPECT_FALSE(std::filesystem::exists(path));
  const tables::delta_entry entry{std::string_view("\0\1key", 5), "value", false};
  tables::vector_reader delta(std::span(&entry, 1));
  ASSERT_TRUE(section->write(delta).ok());
  EXPECT_TRUE(std::filesystem::exists(path));
  section.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(rocksdb_store_life, a_folder_that_cannot_be_made_is_an_error) {
  auto section =
      rocksdb_store::make("/proc/none/db", std::make_shared<rocksdb_memory>(8 << 20))->section(0);
  const tables::delta_entry entry{std::string_view("\0\1key", 5), "value", false};
  tables::vector_reader delta(std::span(&entry, 1));
  const auto written = section->write(delta);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, errc::state_io);
}

TEST(rocksdb_status, damage_and_want_of_space_are_told_apart) {
  EXPECT_TRUE(checked(rocksdb::Status::OK(), "read").ok());
  EXPECT_EQ(checked(rocksdb::Status::Corruption("x"), "read").error().code, errc::state_corrupt);
  const auto full = checked(rocksdb::Status::NoSpace("x"), "write");
  EXPECT_EQ(full.error().code, errc::state_io);
  EXPECT_NE(full.error().hint.find("io.tmp.dirs"), std::string::npos);
}

TEST(spill_directory_test, goes_with_its_owner_and_leaves_living_ones_alone) {
  const std::string parent = testing::TempDir() + "/spill-test";
  std::filesystem::remove_all(parent);
  auto living = spill_directory::make(parent).value();
  const std::string left = parent + "/millrace-spill-left";
  std::filesystem::create_directories(left + "/db-0");
  { std::ofstream lock(left + "/in-use"); }
  auto other = spill_directory::make(parent).value();
  EXPECT_FALSE(std::filesystem::exists(left)) << "its owner is dead";
  EXPECT_TRUE(std::filesystem::exists(living->path()));
  EXPECT_NE(living->next(), living->next());
  living.reset();
  other.reset();
  EXPECT_TRUE(std::filesystem::is_empty(parent));
}

}  // namespace
}  // namespace millrace::state
