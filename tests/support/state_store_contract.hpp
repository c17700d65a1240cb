#pragma once

#include "core/tables/state_store.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace millrace::tables {

/// What every `state_store` keeps to. Instantiate with a factory of empty stores:
///
///   INSTANTIATE_TEST_SUITE_P(memory, state_store_contract,
///                            ::testing::Values([] { return std::make_unique<memory_store>(); }));
using state_store_factory = std::function<std::unique_ptr<state_store>()>;

class state_store_contract : public ::testing::TestWithParam<state_store_factory> {
 protected:
  /// A delta key: group, then any bytes.
  static std::string key(std::uint16_t group, const std::string& rest) {
    std::string bytes;
    bytes.push_back(static_cast<char>(group >> 8));
    bytes.push_back(static_cast<char>(group));
    return bytes + rest;
  }
  using image = std::map<std::string, std::string>;

  static void put(state_store& store, const image& entries,
                  const std::vector<std::string>& removed = {}) {
    std::map<std::string, delta_entry> sorted;
    for (const auto& [k, v] : entries) sorted[k] = {k, v, false};
    for (const auto& k : removed) sorted[k] = {k, {}, true};
    std::vector<delta_entry> delta;
    for (const auto& [k, e] : sorted) delta.push_back(e);
    vector_reader reader(delta);
    ASSERT_TRUE(store.write(reader).ok());
  }
  static image read(const state_store& store, std::vector<std::uint16_t> groups) {
    std::vector<key_group> ids;
    for (const auto g : groups) ids.emplace_back(g);
    auto reader = store.read(ids);
    image all;
    std::string last;
    for (;;) {
      const auto block = (*reader)->next();
      EXPECT_TRUE(block.ok());
      if (!block.ok() || block->empty()) return all;
      for (const delta_entry& e : *block) {
        EXPECT_FALSE(e.tombstone);
        EXPECT_TRUE(last.empty() || last < e.key) << "keys come in ascending order";
        last = e.key;
        all[last] = e.value;
      }
    }
  }

  std::unique_ptr<state_store> store_ = GetParam()();
};

TEST_P(state_store_contract, an_empty_store_has_nothing) {
  EXPECT_TRUE(store_->groups()->empty());
  EXPECT_TRUE(read(*store_, {0, 1, 127, unkeyed_group}).empty());
}

TEST_P(state_store_contract, gives_the_newest_value_of_the_groups_asked_for) {
  put(*store_, {{key(1, "a"), "1"}, {key(1, "b"), "2"}, {key(2, "a"), "3"}, {key(300, "z"), ""}});
  put(*store_, {{key(1, "b"), "new"}}, {key(2, "a"), key(2, "never there")});
  EXPECT_EQ(read(*store_, {1}), (image{{key(1, "a"), "1"}, {key(1, "b"), "new"}}));
  EXPECT_TRUE(read(*store_, {2}).empty());
  EXPECT_EQ(read(*store_, {1, 2, 300}).size(), 3U);
  const auto groups = store_->groups();
  EXPECT_EQ(*groups, (std::vector<key_group>{key_group(1), key_group(300)}));
}

TEST_P(state_store_contract, gives_what_begins_like_the_keys_asked_for) {
  const std::string table(2, '\0');
  const std::string first = key(1, table + "hash-one"), second = key(1, table + "hash-two");
  put(*store_, {{first + "a", "1"}, {first + "b", "2"}, {second, "3"}, {key(1, "z"), "4"}});
  put(*store_, {{first + "c", "5"}}, {first + "a"});
  const std::vector<std::string> prefixes{first, key(1, table + "hash-thr"), second};
  auto reader = store_->read_prefixes(prefixes);
  image all;
  for (;;) {
    const auto block = (*reader)->next();
    ASSERT_TRUE(block.ok());
    if (block->empty()) break;
    for (const delta_entry& e : *block) all[std::string(e.key)] = e.value;
  }
  EXPECT_EQ(all, (image{{first + "b", "2"}, {first + "c", "5"}, {second, "3"}}));
}

TEST_P(state_store_contract, keys_and_values_are_any_bytes) {
  const std::string zeros(5, '\0');
  const std::string large(300'000, '\xff');
  put(*store_, {{key(0, ""), "shortest"}, {key(0, zeros), zeros}, {key(0xffff, large), large}});
  EXPECT_EQ(read(*store_, {0}), (image{{key(0, ""), "shortest"}, {key(0, zeros), zeros}}));
  EXPECT_EQ(read(*store_, {0xffff}), (image{{key(0xffff, large), large}}));
}

TEST_P(state_store_contract, a_delta_that_fails_half_way_changes_nothing) {
  class failing final : public delta_reader {
   public:
    result<std::span<const delta_entry>> next() override {
      if (given_) return make_error(errc::state_io, "the disk went away");
      given_ = true;
      return std::span<const delta_entry>(&entry_, 1);
    }
    std::string key_ = key(1, "a");
    delta_entry entry_{key_, "half", false};
    bool given_ = false;
  };
  put(*store_, {{key(1, "a"), "whole"}});
  failing delta;
  EXPECT_FALSE(store_->write(delta).ok());
  EXPECT_EQ(read(*store_, {1}), (image{{key(1, "a"), "whole"}}));
}

TEST_P(state_store_contract, dropped_groups_are_gone_and_may_come_again) {
  put(*store_, {{key(1, "a"), "1"}, {key(2, "a"), "2"}, {key(3, "a"), "3"}});
  const key_group gone[] = {key_group(1), key_group(3), key_group(77)};
  ASSERT_TRUE(store_->drop(gone).ok());
  EXPECT_EQ(read(*store_, {1, 2, 3}), (image{{key(2, "a"), "2"}}));
  put(*store_, {{key(1, "b"), "again"}});
  EXPECT_EQ(read(*store_, {1}), (image{{key(1, "b"), "again"}}));
}

TEST_P(state_store_contract, a_reader_stays_at_its_moment) {
  put(*store_, {{key(1, "a"), "before"}, {key(1, "b"), "before"}});
  const key_group group(1);
  auto reader = store_->read(std::span(&group, 1));
  put(*store_, {{key(1, "a"), "after"}}, {key(1, "b")});
  std::size_t seen = 0;
  for (;;) {
    const auto block = (*reader)->next();
    ASSERT_TRUE(block.ok());
    if (block->empty()) break;
    for (const auto& e : *block) {
      EXPECT_EQ(e.value, "before");
      ++seen;
    }
  }
  EXPECT_EQ(seen, 2U);
}

TEST_P(state_store_contract, counts_what_it_stores) {
  put(*store_, {{key(1, "a"), std::string(10'000, 'x')}});
  EXPECT_GT(store_->stored_bytes(), 0U);
}

}  // namespace millrace::tables
