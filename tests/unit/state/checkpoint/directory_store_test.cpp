#include "state/checkpoint/checkpoint_store.hpp"

#include "tests/unit/state/checkpoint/fixture.hpp"

#include <sys/resource.h>

#include <csignal>
#include <thread>

namespace millrace::state {
namespace {

using coordination::state_file_kind;
using coordination::verification;

const image one{{key_at(1, "a"), "1"}};
const image two{{key_at(1, "a"), "2"}, {key_at(9, "b"), std::string(5000, 'b')}};

image restored(coordination::snapshot_store& store) {
  auto found = store.latest();
  EXPECT_TRUE(found.ok());
  const auto reader = store.read_merged((*found)->manifest.operators[0]).value();
  return drain(*reader).value();
}

TEST(directory_store, has_nothing_at_first) {
  const scratch_folder folder;
  const auto store = open_store(folder.path());
  EXPECT_FALSE(store->latest().value().has_value());
  EXPECT_EQ(store->newest_id(), checkpoint_id(0));
}

TEST(directory_store, gives_the_newest_checkpoint_after_a_restart) {
  const scratch_folder folder;
  checkpoint(*open_store(folder.path()), 1, one);
  checkpoint(*open_store(folder.path()), 2, two);
  const auto store = open_store(folder.path());
  EXPECT_EQ(store->newest_id(), checkpoint_id(2));
  EXPECT_EQ(restored(*store), two);
  EXPECT_TRUE(store->latest().value()->passed_over.empty());
}

TEST(directory_store, refuses_a_second_run) {
  const scratch_folder folder;
  const auto first = open_store(folder.path());
  const auto second = open_checkpoint_store({folder.path(), "job"});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, state_locked);
  EXPECT_TRUE(open_checkpoint_store({folder.path(), "other"}).ok());
}

TEST(directory_store, refuses_names_that_lead_elsewhere) {
  const scratch_folder folder;
  for (const std::string name : {"", "..", "a/b", ".hidden", "a b"}) {
    EXPECT_EQ(open_checkpoint_store({folder.path(), name}).error().code, errc::config_bad_value);
  }
}

TEST(directory_store, does_not_restore_what_was_not_completed) {
  const scratch_folder folder;
  {
    const auto store = open_store(folder.path());
    checkpoint(*store, 1, one);
    ASSERT_TRUE(store->begin(checkpoint_id(2)).ok());
    image_reader reader(two);
    ASSERT_TRUE(store->write_state(checkpoint_id(2), "x", state_file_kind::snapshot, reader).ok());
  }
  const auto store = open_store(folder.path());
  EXPECT_FALSE(std::filesystem::exists(folder / "job/chk-2"));
  EXPECT_EQ(restored(*store), one);
}

TEST(directory_store, forgets_an_aborted_checkpoint) {
  const scratch_folder folder;
  const auto store = open_store(folder.path());
  checkpoint(*store, 1, one);
  ASSERT_TRUE(store->begin(checkpoint_id(2)).ok());
  image_reader first(two);
  const auto file =
      store->write_state(checkpoint_id(2), "x", state_file_kind::snapshot, first).value();
  store->abort(checkpoint_id(2));
  EXPECT_FALSE(std::filesystem::exists(folder / "job/chk-2"));
  image_reader second(two);
  EXPECT_EQ(
      store->write_state(checkpoint_id(2), "x", state_file_kind::snapshot, second).error().code,
      errc::state_io);
  EXPECT_EQ(store->complete(manifest_of(2, {file})).error().code, errc::state_io);
  EXPECT_EQ(restored(*store), one);
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

TEST(directory_store, goes_on_from_the_one_before_when_asked) {
  const scratch_folder folder;
  const auto store = open_store(folder.path(), 3);
  checkpoint(*store, 1, one);
  checkpoint(*store, 2, two);
  const auto found = store->latest(verification::contents, checkpoint_id(2)).value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->manifest.id, checkpoint_id(1));
  // What was passed over does not come back.
  checkpoint(*store, 3, one);
  EXPECT_FALSE(std::filesystem::exists(folder / "job/chk-2"));
  EXPECT_TRUE(std::filesystem::exists(folder / "job/chk-1"));
}

TEST(directory_store, stops_when_another_process_moved_the_pointer) {
  const scratch_folder folder;
  const auto store = open_store(folder.path());
  checkpoint(*store, 1, one);
  const std::string old = read_all(folder / "job/pointer");
  checkpoint(*store, 2, two);
  write_all(folder / "job/pointer", old);
  ASSERT_TRUE(store->begin(checkpoint_id(3)).ok());
  EXPECT_EQ(store->complete(manifest_of(3, {})).error().code, state_locked);
}

TEST(directory_store, clears_everything_and_counts_on) {
  const scratch_folder folder;
  {
    const auto store = open_store(folder.path());
    checkpoint(*store, 7, two);
    ASSERT_TRUE(store->clear().ok());
    EXPECT_FALSE(store->latest().value().has_value());
    EXPECT_FALSE(std::filesystem::exists(folder / "job/chk-7"));
    EXPECT_EQ(store->newest_id(), checkpoint_id(7));
  }
  EXPECT_FALSE(open_store(folder.path())->latest().value().has_value());
}

TEST(directory_store, keeps_files_of_a_backend_as_they_are) {
  const scratch_folder folder;
  const auto store = open_store(folder.path());
  write_all(folder / "000012.sst", "bytes of a backend");
  ASSERT_TRUE(store->begin(checkpoint_id(1)).ok());
  const auto file =
      store->keep_file(checkpoint_id(1), "g-0", folder / "000012.sst", "000012.sst").value();
  EXPECT_EQ(file.kind, state_file_kind::opaque);
  std::filesystem::remove(folder / "000012.sst");
  const auto stored = store->complete(manifest_of(1, {file})).value().operators[0].files[0];
  ASSERT_TRUE(store->fetch(stored, folder / "back.sst").ok());
  EXPECT_EQ(read_all(folder / "back.sst"), "bytes of a backend");
  EXPECT_EQ(store->read(stored).error().code, errc::internal);
}

TEST(directory_store, takes_the_state_of_many_tasks_at_once) {
  const scratch_folder folder;
  const auto store = open_store(folder.path());
  ASSERT_TRUE(store->begin(checkpoint_id(1)).ok());
  std::vector<image> states;
  std::mt19937 random(9);
  for (int i = 0; i < 8; ++i) states.push_back(random_image(random, i % 2 == 0 ? 5 : 500, false));
  std::vector<coordination::state_file> written(states.size());
  std::vector<std::thread> tasks;
  for (std::size_t i = 0; i < states.size(); ++i) {
    tasks.emplace_back([&, i] {
      image_reader reader(states[i]);
      written[i] =
          store->write_state(checkpoint_id(1), "g", state_file_kind::snapshot, reader).value();
    });
  }
  for (std::thread& t : tasks) t.join();
  const auto files = store->complete(manifest_of(1, written)).value().operators[0].files;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto reader = store->read(files[i]).value();
    EXPECT_EQ(drain(*reader).value(), states[i]);
  }
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

TEST(directory_store, opens_checkpoints_for_reading_while_the_job_runs) {
  const scratch_folder folder;
  const auto store = open_store(folder.path());
  checkpoint(*store, 1, one);
  checkpoint(*store, 2, two);
  for (const std::string path : {"job", "job/", "job/chk-2", "job/chk-2/manifest"}) {
    const auto opened = open_snapshot(folder / path);
    ASSERT_TRUE(opened.ok()) << path << ": " << to_text(opened.error());
    EXPECT_EQ(opened->manifest.id, checkpoint_id(2)) << path;
    EXPECT_EQ(opened->manifest.job, "job");
    const auto reader = opened->files->read_merged(opened->manifest.operators[0]).value();
    EXPECT_EQ(drain(*reader).value(), two);
  }
  EXPECT_EQ(open_snapshot(folder / "nowhere").error().code, state_not_found);
  EXPECT_EQ(open_snapshot(folder.path()).error().code, state_not_found);
}

}  // namespace
}  // namespace millrace::state
