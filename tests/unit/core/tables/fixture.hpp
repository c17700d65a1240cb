#pragma once

#include "core/base/clock.hpp"
#include "core/base/memory_budget.hpp"
#include "core/tables/delta.hpp"
#include "core/tables/key_batch.hpp"
#include "core/tables/memory_store.hpp"
#include "core/tables/table_set.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace millrace::tables::testing {

/// Spreads small numbers over all bits (the finaliser of splitmix64).
inline std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// A seeded generator with a printable state.
struct random_numbers {
  std::uint64_t state;
  std::uint64_t next() { return mixed(state += 0x9e3779b97f4a7c15ULL); }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
};

/// The key of one BIGINT; owns its bytes.
struct number_key {
  explicit number_key(std::int64_t v) : value(v) {}
  [[nodiscard]] key_view view() const {
    return {mixed(static_cast<std::uint64_t>(value)), reinterpret_cast<const char*>(&value), 8, 0};
  }
  std::int64_t value;
};

/// Keeps the entries that it is given, applied to what it has.
class image_writer final : public delta_writer {
 public:
  result<void> append(std::span<const delta_entry> entries) override {
    for (const delta_entry& e : entries) {
      EXPECT_TRUE(last_.empty() || last_ < e.key) << "delta is not in strictly ascending order";
      last_ = e.key;
      ++count;
      tombstones += e.tombstone ? 1 : 0;
      if (e.tombstone) {
        image.erase(std::string(e.key));
      } else {
        image[std::string(e.key)] = e.value;
      }
    }
    return {};
  }
  /// The next delta begins.
  void begin() {
    last_.clear();
    count = tombstones = 0;
  }

  std::map<std::string, std::string> image;
  std::size_t count = 0;
  std::size_t tombstones = 0;

 private:
  std::string last_;
};

/// Everything a store holds: what a checkpoint links.
inline std::map<std::string, std::string> image_of(const state_store& store) {
  std::map<std::string, std::string> image;
  const auto reader = store.read(store.groups().value());
  for (;;) {
    const auto block = (*reader)->next().value();
    if (block.empty()) return image;
    for (const delta_entry& e : block) image[std::string(e.key)] = e.value;
  }
}

/// Gives an image as a snapshot.
class image_reader final : public delta_reader {
 public:
  explicit image_reader(const std::map<std::string, std::string>& image) {
    for (const auto& [key, value] : image) entries_.push_back({key, value, false});
  }
  result<std::span<const delta_entry>> next() override {
    const std::span<const delta_entry> all = entries_;
    const auto block = all.subspan(at_, std::min<std::size_t>(100, all.size() - at_));
    at_ += block.size();
    return block;
  }

 private:
  std::vector<delta_entry> entries_;
  std::size_t at_ = 0;
};

/// Budget, clock and store of a table set under test.
struct world {
  memory_budget budget{1 << 30};
  manual_clock time{1'000'000};
  memory_store store;

  [[nodiscard]] table_context context(key_range range = {}) {
    table_context c;
    c.budget = &budget;
    c.time = &time;
    c.store = &store;
    c.range = range;
    return c;
  }
  /// Loads what `prefetch` found cold.
  static void load(table_set& set) {
    auto job = set.begin_load();
    if (!job) return;
    job->run();
    EXPECT_TRUE(set.finish_load(*job).ok());
  }
};

}  // namespace millrace::tables::testing
