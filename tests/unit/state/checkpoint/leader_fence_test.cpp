// A job's folder under coordinators that take turns: what the newest has taken over, none before
// it can change, at whatever moment it wakes up.

#include "state/storage/directory_folder.hpp"
#include "state/storage/file_io.hpp"
#include "tests/unit/state/checkpoint/fixture.hpp"

#include <atomic>
#include <thread>

namespace millrace::state {
namespace {

const image one{{key_at(1, "a"), "1"}};
const image two{{key_at(1, "a"), "2"}};

class under_leaders : public ::testing::Test {
 protected:
  using store_ptr = std::unique_ptr<coordination::snapshot_store>;

  [[nodiscard]] result<store_ptr> lead(std::uint64_t epoch) const {
    store_options options{folder_.path(), "job", 2, 1024};
    options.take_over = true;
    options.leader_epoch = epoch;
    return open_checkpoint_store(options);
  }
  static std::uint64_t add(coordination::snapshot_store& store, const image& state) {
    const std::uint64_t id = store.newest_id().value + 1;
    checkpoint(store, id, state);
    return id;
  }
  static result<void> try_add(coordination::snapshot_store& store) {
    const checkpoint_id id(store.newest_id().value + 1);
    MILLRACE_CHECK(store.begin(id));
    image_reader reader(two);
    MILLRACE_TRY(auto file,
                 store.write_state(id, "g", coordination::state_file_kind::snapshot, reader));
    MILLRACE_TRY(const auto done, store.complete(manifest_of(id.value, {std::move(file)})));
    return {};
  }

  const scratch_folder folder_;
};

TEST_F(under_leaders, the_next_one_goes_on) {
  auto old = lead(3);
  ASSERT_TRUE(old.ok());
  const std::uint64_t last = add(**old, one);
  auto next = lead(4);
  ASSERT_TRUE(next.ok());
  const auto found = (*next)->latest();
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->manifest.id.value, last);
  EXPECT_EQ((*found)->manifest.leader_epoch, 3U);
  EXPECT_GT(add(**next, two), last);
}

TEST_F(under_leaders, the_one_before_completes_nothing_any_more) {
  const auto old = lead(3);
  ASSERT_TRUE(old.ok());
  add(**old, one);
  // Half done when the next one comes, which clears it away.
  const checkpoint_id open((*old)->newest_id().value + 1);
  ASSERT_TRUE((*old)->begin(open).ok());
  const auto next = lead(4);
  ASSERT_TRUE(next.ok());
  EXPECT_FALSE((*old)->complete(manifest_of(open.value, {})).ok());
  EXPECT_EQ(try_add(**old).error().code, state_locked);
  EXPECT_EQ((*(*next)->latest())->manifest.operators.size(), 1U);
  EXPECT_TRUE(try_add(**next).ok());
}

TEST_F(under_leaders, the_one_before_does_not_get_the_job_back) {
  ASSERT_TRUE(lead(4).ok());
  const auto old = lead(3);
  ASSERT_FALSE(old.ok());
  EXPECT_EQ(old.error().code, state_locked);
  EXPECT_TRUE(lead(4).ok());
}

TEST_F(under_leaders, no_lock_outlives_a_step) {
  const auto frozen = lead(3);
  ASSERT_TRUE(frozen.ok());
  EXPECT_TRUE(lead(4).ok());
}

// Compare and rename are two calls; each value must be seen once by exactly one who replaced it.
TEST(swapping, is_one_step_among_all) {
  const scratch_folder folder;
  constexpr int threads = 4;
  constexpr int swaps = 50;
  std::atomic<int> won = 0;
  const auto count_up = [&] {
    directory_folder mine(folder.path());
    for (int done = 0; done < swaps;) {
      std::optional<std::string> before;
      if (exists(folder / "n")) before = *read_file(folder / "n", 100);
      const int next = before ? std::stoi(*before) + 1 : 1;
      const auto swapped = mine.swap("n", before, std::to_string(next));
      if (!swapped) {
        ASSERT_EQ(swapped.error().code, state_locked);
        continue;
      }
      ++done;
      ++won;
    }
  };
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t) all.emplace_back(count_up);
  for (auto& t : all) t.join();
  EXPECT_EQ(won, threads * swaps);
  EXPECT_EQ(*read_file(folder / "n", 100), std::to_string(threads * swaps));
}

}  // namespace
}  // namespace millrace::state
