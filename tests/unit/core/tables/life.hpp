#pragma once

#include "tests/unit/core/tables/fixture.hpp"

#include <memory>
#include <utility>

namespace millrace::tables::testing {

/// Drives a table and its model through random writes, freezes, aborts, spills and restores. A
/// `Subject` has: `model` (copyable), `open(table_set&)`, `write(random_numbers&, model&)` (one
/// random change of both, with checks of what it returns) and `contents()` (the table as a model).
template <class Subject>
class life {
 public:
  explicit life(std::uint64_t seed) : random_{seed} { reopen(); }

  void run(int steps) {
    for (int step = 0; step < steps && !::testing::Test::HasFatalFailure(); ++step) one_step(step);
    open_ = nullptr;
    warm_up();
    EXPECT_EQ(subject_.contents(), now_);
    EXPECT_TRUE(set_->health().ok());
  }

 private:
  void one_step(int step) {
    const auto action = random_.below(1000);
    if (action < 960) {
      subject_.write(random_, now_);
    } else if (action < 975 && !open_) {
      open_ = set_->freeze(checkpoint_id(static_cast<std::uint64_t>(step)));
      frozen_ = now_;
    } else if (action < 990 && open_) {
      end_checkpoint();
    } else if (action < 994) {
      ASSERT_TRUE(set_->spill(random_.below(50'000)).ok());
    } else if (action < 995) {
      crash();
    }
  }

  void end_checkpoint() {
    if (random_.below(3) == 0) {
      set_->merge_back(*open_);
    } else {
      auto reader = table_set::read_delta(open_);
      ASSERT_TRUE(world_.store.write(**reader).ok());
      linked_ = image_of(world_.store);
      set_->written(*open_);
      committed_ = frozen_;
    }
    open_ = nullptr;
  }

  // Starts again from the last checkpoint: from its files, or lazily from the store.
  void crash() {
    open_ = nullptr;
    set_.reset();
    EXPECT_EQ(world_.budget.used(), 0);
    ASSERT_TRUE(world_.store.drop(world_.store.groups().value()).ok());
    image_reader store_image(linked_);
    ASSERT_TRUE(world_.store.write(store_image).ok());
    reopen();
    if (random_.below(2) == 0) {
      image_reader from(linked_);
      ASSERT_TRUE(set_->restore(from, false).ok());
    } else {
      ASSERT_TRUE(set_->restore_lazily().ok());
      warm_up();
    }
    now_ = committed_;
    EXPECT_EQ(subject_.contents(), now_);
  }

  void warm_up() {
    if (set_->prefetch_all() == readiness::loading) world::load(*set_);
    EXPECT_EQ(set_->cold_groups(), 0U);
  }

  void reopen() {
    set_ = std::make_unique<table_set>(world_.context());
    subject_.open(*set_);
  }

  world world_;
  random_numbers random_;
  std::unique_ptr<table_set> set_;
  Subject subject_;
  typename Subject::model now_;
  typename Subject::model frozen_;
  typename Subject::model committed_;
  std::map<std::string, std::string> linked_;
  std::shared_ptr<frozen_delta> open_;
};

/// Bytes of random length up to `longest`, of few letters, so that prefixes meet.
inline std::string random_text(random_numbers& random, std::size_t longest) {
  std::string text(random.below(longest + 1), 'a');
  for (char& c : text) c = static_cast<char>('a' + random.below(3));
  return text;
}

/// The number a key of one BIGINT holds.
inline std::int64_t number_of(const key_view& key) {
  std::int64_t value;
  std::memcpy(&value, key.data, sizeof value);
  return value;
}

}  // namespace millrace::tables::testing
