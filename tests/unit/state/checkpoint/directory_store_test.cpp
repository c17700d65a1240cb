#include "state/checkpoint/checkpoint_store.hpp"

#include "state/checkpoint/job_folder.hpp"
#include "state/checkpoint/retirement.hpp"
#include "state/storage/directory_folder.hpp"
#include "tests/support/snapshot_store_contract.hpp"

#include <sys/resource.h>

#include <csignal>
#include <functional>
#include <thread>

namespace millrace::state {
namespace {

using coordination::state_file_kind;

const image one{{key_at(1, "a"), "1"}};
const image two{{key_at(1, "a"), "2"}, {key_at(9, "b"), std::string(5000, 'b')}};

image restored(coordination::snapshot_store& store) {
  auto found = store.latest();
  EXPECT_TRUE(found.ok());
  const auto reader = store.read_merged((*found)->manifest.operators[0]).value();
  return drain(*reader).value();
}

// A scratch folder is gone when its object is: these live as long as the program.
store_place new_directory() {
  static std::vector<std::unique_ptr<scratch_folder>> all;
  return {all.emplace_back(std::make_unique<scratch_folder>())->path(), {}};
}

INSTANTIATE_TEST_SUITE_P(directory, snapshot_store_contract, ::testing::Values(&new_directory));

TEST(directory_store, refuses_a_second_run) {
  const scratch_folder folder;
  const auto first = open_store(folder.path());
  const auto second = open_checkpoint_store({folder.path(), "job"});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, state_locked);
  EXPECT_TRUE(open_checkpoint_store({folder.path(), "other"}).ok());
}

// A run that was taken over may be late with its clean-up.
TEST(retirement, leaves_the_checkpoints_of_a_later_run_alone) {
  const scratch_folder folder;
  checkpoint(*open_store(folder.path()), 3, one);
  directory_folder root(folder / "job");
  retire_checkpoints(root, {}, {}, checkpoint_id(2));
  EXPECT_EQ(restored(*open_store(folder.path())), one);
  retire_checkpoints(root, {}, {}, checkpoint_id(3));
  EXPECT_FALSE(std::filesystem::exists(folder / "job/chk-3"));
}

/// Something happens just before the pointer names a checkpoint.
class interrupted_folder final : public directory_folder {
 public:
  using directory_folder::directory_folder;
  result<void> swap(const std::string& name, const std::optional<std::string>& expected,
                    const std::string& next) override {
    if (interruption) interruption();
    return directory_folder::swap(name, expected, next);
  }
  std::function<void()> interruption;
};

struct interrupted_store {
  explicit interrupted_store(const std::string& directory) {
    const store_options options{directory, "job"};
    root = std::make_shared<interrupted_folder>(directory + "/job");
    EXPECT_TRUE(root->lock("lock").ok());
    store.emplace(options, root, true);
    EXPECT_TRUE(store->look_around().ok());
  }
  std::shared_ptr<interrupted_folder> root;
  std::optional<job_folder> store;
};

// A job gives up what an attempt has left open while the attempt's writer completes it.
TEST(directory_store, gives_up_nothing_that_is_being_completed) {
  const scratch_folder folder;
  interrupted_store with(folder.path());
  with.root->interruption = [&] { with.store->abort(checkpoint_id(1)); };
  checkpoint(*with.store, 1, one);
  EXPECT_EQ(restored(*with.store), one);
}

TEST(directory_store, restores_what_is_being_completed) {
  const scratch_folder folder;
  interrupted_store with(folder.path());
  checkpoint(*with.store, 1, one);
  image seen;
  std::thread another;
  with.root->interruption = [&] { another = std::thread([&] { seen = restored(*with.store); }); };
  checkpoint(*with.store, 2, two);
  another.join();
  EXPECT_EQ(seen.size(), two.size());
}

TEST(directory_store, completes_nothing_that_was_given_up) {
  const scratch_folder folder;
  const auto store = open_store(folder.path());
  ASSERT_TRUE(store->begin(checkpoint_id(1)).ok());
  store->abort(checkpoint_id(1));
  EXPECT_EQ(store->complete(manifest_of(1, {})).error().code, errc::state_io);
}

TEST(directory_store, refuses_names_that_lead_elsewhere) {
  const scratch_folder folder;
  for (const std::string name : {"", "..", "a/b", ".hidden", "a b"}) {
    EXPECT_EQ(open_checkpoint_store({folder.path(), name}).error().code, errc::config_bad_value);
  }
}

TEST(directory_store, keeps_the_files_that_later_checkpoints_refer_to) {
  const scratch_folder folder;
  const image small{{key_at(1, "a"), "3"}, {key_at(9, "b"), std::nullopt}};
  const image last{{key_at(4, "d"), "4"}};
  {
    const auto store = open_store(folder.path(), 1);
    auto files = checkpoint(*store, 1, two).operators[0].files;
    for (const auto& [id, delta] : {std::pair(2U, small), std::pair(3U, last)}) {
      ASSERT_TRUE(store->begin(checkpoint_id(id)).ok());
      image_reader reader(delta);
      files.push_back(
          store->write_state(checkpoint_id(id), "g", state_file_kind::delta, reader).value());
      // A task knows its files by name only.
      ASSERT_TRUE(store->complete(manifest_of(id, files)).ok());
    }
  }
  const auto store = open_store(folder.path(), 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "job/chk-1/manifest"));
  EXPECT_TRUE(std::filesystem::exists(folder / "job/chk-2/pack"));
  EXPECT_EQ(restored(*store), (image{{key_at(1, "a"), "3"}, {key_at(4, "d"), "4"}}));
  checkpoint(*store, 4, one);
  EXPECT_FALSE(std::filesystem::exists(folder / "job/chk-1"));
  EXPECT_FALSE(std::filesystem::exists(folder / "job/chk-2"));
  EXPECT_EQ(restored(*store), one);
}

TEST(directory_store, refuses_a_file_that_no_retained_checkpoint_holds) {
  const scratch_folder folder;
  const auto store = open_store(folder.path(), 1);
  const auto gone = checkpoint(*store, 1, one).operators[0].files;
  checkpoint(*store, 2, two);
  ASSERT_TRUE(store->begin(checkpoint_id(3)).ok());
  EXPECT_EQ(store->complete(manifest_of(3, gone)).error().code, errc::internal);
  EXPECT_EQ(restored(*store), two);
}

TEST(directory_store, retires_all_but_the_retained) {
  const scratch_folder folder;
  const auto store = open_store(folder.path(), 2);
  for (std::uint64_t id = 1; id <= 5; ++id) checkpoint(*store, id, two);
  std::vector<std::string> left;
  for (const auto& e : std::filesystem::directory_iterator(folder / "job")) {
    left.push_back(e.path().filename().string());
  }
  std::sort(left.begin(), left.end());
  EXPECT_EQ(left, (std::vector<std::string>{"chk-4", "chk-5", "lock", "pointer"}));
}

/// Writes beyond a size fail while it lives, as on a full disk.
class full_disk {
 public:
  explicit full_disk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(directory_store, goes_on_when_the_disk_has_room_again) {
  const scratch_folder folder;
  const auto store = open_store(folder.path());
  checkpoint(*store, 1, one);
  ASSERT_TRUE(store->begin(checkpoint_id(2)).ok());
  {
    // More than what is kept in memory, also compressed.
    std::mt19937 random(10);
    image_reader reader(random_image(random, 900, false));
    const full_disk full(2000);
    EXPECT_EQ(
        store->write_state(checkpoint_id(2), "g", state_file_kind::snapshot, reader).error().code,
        errc::state_io);
    EXPECT_TRUE(std::filesystem::is_empty(folder / "job/chk-2"));
  }
  {
    // The state fits, the manifest does not.
    const full_disk full(50);
    EXPECT_EQ(store->complete(manifest_of(2, {})).error().code, errc::state_io);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "job/chk-2"));
  EXPECT_EQ(restored(*store), one);
  checkpoint(*store, 3, two);
  EXPECT_EQ(restored(*store), two);
}

}  // namespace
}  // namespace millrace::state
