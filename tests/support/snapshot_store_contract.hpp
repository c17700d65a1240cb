#pragma once

#include "state/checkpoint/folder_layout.hpp"
#include "state/storage/open_folder.hpp"
#include "tests/unit/state/checkpoint/fixture.hpp"

#include <thread>

namespace millrace::state {

/// Where a test's job lies: a location for `open_folder` that no other test uses, and its options.
struct store_place {
  std::string location;
  option_map storage;
};

/// What `coordination::snapshot_store` promises, on any storage. The parameter makes a place;
/// whoever includes this says which with INSTANTIATE_TEST_SUITE_P.
class snapshot_store_contract : public ::testing::TestWithParam<store_place (*)()> {
 protected:
  using store_ptr = std::unique_ptr<coordination::snapshot_store>;
  using state_file_kind = coordination::state_file_kind;

  [[nodiscard]] result<store_ptr> try_open(std::uint32_t retained = 2,
                                           bool take_over = true) const {
    store_options options{place_.location, "job", retained, 1024};
    options.take_over = take_over;
    options.storage = place_.storage;
    return open_checkpoint_store(options);
  }
  [[nodiscard]] store_ptr open(std::uint32_t retained = 2) const {
    auto store = try_open(retained);
    EXPECT_TRUE(store.ok()) << to_text(store.error());
    return std::move(*store);
  }
  [[nodiscard]] auto folder() const {
    return open_folder(place_.location + "/job", place_.storage).value();
  }
  /// Of checkpoint folders that hold something, newest first: SeaweedFS lists empty ones for a
  /// while.
  [[nodiscard]] std::vector<checkpoint_id> ids() const {
    auto found = folders_in(*folder()).value();
    std::erase_if(found, [&](checkpoint_id id) {
      return folder()->names_in(checkpoint_folder(id)).value().empty();
    });
    return found;
  }

  static std::uint64_t add(coordination::snapshot_store& store, const image& state) {
    const std::uint64_t id = store.newest_id().value + 1;
    checkpoint(store, id, state);
    return id;
  }
  static image restored(coordination::snapshot_store& store) {
    const auto found = store.latest();
    EXPECT_TRUE(found.ok() && found->has_value());
    const auto reader = store.read_merged((*found)->manifest.operators[0]).value();
    return drain(*reader).value();
  }

  const scratch_folder scratch_;
  const store_place place_ = GetParam()();
  const image one_{{key_at(1, "a"), "1"}};
  const image two_{{key_at(1, "a"), "2"}, {key_at(9, "b"), std::string(5000, 'b')}};
};

TEST_P(snapshot_store_contract, has_nothing_at_first) {
  const auto store = open();
  EXPECT_FALSE(store->latest().value().has_value());
  EXPECT_EQ(store->newest_id(), checkpoint_id(0));
}

TEST_P(snapshot_store_contract, gives_the_newest_checkpoint_after_a_restart) {
  add(*open(), one_);
  const std::uint64_t last = add(*open(), two_);
  const auto store = open();
  EXPECT_GE(store->newest_id(), checkpoint_id(last));
  EXPECT_EQ(restored(*store), two_);
  EXPECT_TRUE(store->latest().value()->passed_over.empty());
}

TEST_P(snapshot_store_contract, forgets_what_was_not_completed) {
  std::uint64_t begun = 0;
  {
    const auto store = open();
    add(*store, one_);
    begun = store->newest_id().value + 1;
    ASSERT_TRUE(store->begin(checkpoint_id(begun)).ok());
    image_reader reader(two_);
    ASSERT_TRUE(
        store->write_state(checkpoint_id(begun), "x", state_file_kind::snapshot, reader).ok());
    ASSERT_TRUE(folder()->replace(checkpoint_folder(checkpoint_id(begun)) + "/half", "x").ok());
  }
  const auto store = open();
  EXPECT_EQ(ids(), std::vector<checkpoint_id>{checkpoint_id(1)});
  EXPECT_EQ(restored(*store), one_);
}

TEST_P(snapshot_store_contract, forgets_an_aborted_checkpoint) {
  const auto store = open();
  add(*store, one_);
  ASSERT_TRUE(store->begin(checkpoint_id(2)).ok());
  image_reader first(two_);
  const auto file =
      store->write_state(checkpoint_id(2), "x", state_file_kind::snapshot, first).value();
  store->abort(checkpoint_id(2));
  EXPECT_EQ(ids(), std::vector<checkpoint_id>{checkpoint_id(1)});
  image_reader second(two_);
  EXPECT_EQ(
      store->write_state(checkpoint_id(2), "x", state_file_kind::snapshot, second).error().code,
      errc::state_io);
  EXPECT_EQ(store->complete(manifest_of(2, {file})).error().code, errc::state_io);
  EXPECT_EQ(restored(*store), one_);
}

TEST_P(snapshot_store_contract, keeps_the_files_that_later_checkpoints_refer_to) {
  const image last{{key_at(4, "d"), "4"}, {key_at(9, "b"), std::nullopt}};
  {
    const auto store = open(1);
    checkpoint(*store, 1, two_);
    auto files = store->latest().value()->manifest.operators[0].files;
    ASSERT_TRUE(store->begin(checkpoint_id(2)).ok());
    image_reader reader(last);
    files.push_back(
        store->write_state(checkpoint_id(2), "g", state_file_kind::delta, reader).value());
    ASSERT_TRUE(store->complete(manifest_of(2, files)).ok());
  }
  const auto store = open(1);
  EXPECT_EQ(ids(), (std::vector<checkpoint_id>{checkpoint_id(2), checkpoint_id(1)}));
  EXPECT_FALSE(has_object(*folder(), "chk-1/manifest").value());
  EXPECT_EQ(restored(*store), (image{{key_at(1, "a"), "2"}, {key_at(4, "d"), "4"}}));
  const std::uint64_t whole = add(*store, one_);
  EXPECT_EQ(ids(), std::vector<checkpoint_id>{checkpoint_id(whole)});
  EXPECT_EQ(restored(*store), one_);
}

TEST_P(snapshot_store_contract, goes_on_from_the_one_before_when_asked) {
  const auto store = open(3);
  checkpoint(*store, 1, one_);
  checkpoint(*store, 2, two_);
  const auto found = store->latest(coordination::verification::contents, checkpoint_id(2)).value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->manifest.id, checkpoint_id(1));
  // What was passed over does not come back.
  checkpoint(*store, 3, one_);
  EXPECT_EQ(ids(), (std::vector<checkpoint_id>{checkpoint_id(3), checkpoint_id(1)}));
}

TEST_P(snapshot_store_contract, goes_back_when_the_newest_is_damaged) {
  {
    const auto store = open();
    checkpoint(*store, 1, one_);
    checkpoint(*store, 2, two_);
  }
  ASSERT_TRUE(folder()->replace("chk-2/manifest", "nonsense").ok());
  const auto store = open();
  EXPECT_EQ(restored(*store), one_);
  EXPECT_EQ(store->latest().value()->passed_over.size(), 0U) << "settled on the one before";
}

TEST_P(snapshot_store_contract, finds_the_manifests_when_the_pointer_is_gone) {
  {
    const auto store = open();
    checkpoint(*store, 1, one_);
    checkpoint(*store, 2, two_);
  }
  for (const bool damaged : {true, false}) {
    if (damaged) {
      ASSERT_TRUE(folder()->replace("pointer", "nonsense").ok());
    } else {
      folder()->remove("pointer");
    }
    EXPECT_EQ(restored(*open()), two_);
  }
}

TEST_P(snapshot_store_contract, stops_when_another_run_moved_the_pointer) {
  const auto store = open();
  checkpoint(*store, 1, one_);
  const std::string old = read_object(*folder(), "pointer", 1 << 20).value();
  checkpoint(*store, 2, two_);
  ASSERT_TRUE(folder()->replace("pointer", old).ok());
  ASSERT_TRUE(store->begin(checkpoint_id(3)).ok());
  EXPECT_EQ(store->complete(manifest_of(3, {})).error().code, state_locked);
}

// Under a lock the second is refused; without one it goes on, and the first cannot complete.
TEST_P(snapshot_store_contract, lets_one_of_two_runs_go_on) {
  const auto first = open();
  checkpoint(*first, 1, one_);
  ASSERT_TRUE(first->begin(checkpoint_id(2)).ok());
  auto second = try_open();
  if (!second) {
    EXPECT_EQ(second.error().code, state_locked);
    EXPECT_TRUE(first->complete(manifest_of(2, {})).ok());
    return;
  }
  EXPECT_GT((*second)->newest_id(), checkpoint_id(2));
  const std::uint64_t later = add(**second, two_);
  EXPECT_EQ(first->complete(manifest_of(2, {})).error().code, state_locked);
  EXPECT_EQ(restored(**second), two_);
  EXPECT_EQ(restored(*open()), two_);
  EXPECT_EQ(ids().front(), checkpoint_id(later));
}

TEST_P(snapshot_store_contract, leaves_the_owner_in_peace_until_asked_to_take_over) {
  const auto first = open();
  checkpoint(*first, 1, one_);
  if (auto second = try_open(2, false)) {
    EXPECT_EQ(restored(**second), one_);
    EXPECT_EQ((*second)->begin(checkpoint_id(100)).error().code, state_locked);
  }
  checkpoint(*first, 2, two_);
  EXPECT_EQ(restored(*first), two_);
}

TEST_P(snapshot_store_contract, begins_many_without_completing_one) {
  const auto store = open();
  for (std::uint64_t id = 1; id <= 40; ++id) {
    ASSERT_TRUE(store->begin(checkpoint_id(id)).ok()) << id;
    store->abort(checkpoint_id(id));
  }
  EXPECT_EQ(add(*store, one_), 41U);
  EXPECT_EQ(restored(*store), one_);
}

TEST_P(snapshot_store_contract, clears_everything_and_counts_on) {
  {
    const auto store = open();
    checkpoint(*store, 7, two_);
    ASSERT_TRUE(store->clear().ok());
    EXPECT_FALSE(store->latest().value().has_value());
    EXPECT_TRUE(ids().empty());
    EXPECT_EQ(store->newest_id(), checkpoint_id(7));
  }
  EXPECT_FALSE(open()->latest().value().has_value());
}

TEST_P(snapshot_store_contract, keeps_files_of_a_backend_as_they_are) {
  const auto store = open();
  write_all(scratch_ / "000012.sst", "bytes of a backend");
  ASSERT_TRUE(store->begin(checkpoint_id(1)).ok());
  const auto file =
      store->keep_file(checkpoint_id(1), "g-0", scratch_ / "000012.sst", "000012.sst").value();
  EXPECT_EQ(file.kind, state_file_kind::opaque);
  std::filesystem::remove(scratch_ / "000012.sst");
  const auto stored = store->complete(manifest_of(1, {file})).value().operators[0].files[0];
  ASSERT_TRUE(store->fetch(stored, scratch_ / "back.sst").ok());
  EXPECT_EQ(read_all(scratch_ / "back.sst"), "bytes of a backend");
}

// Bytes that do not compress: more than two parts of an upload.
TEST_P(snapshot_store_contract, keeps_a_file_of_many_parts) {
  std::mt19937 random(4);
  image large;
  for (int i = 0; i < 130; ++i) {
    std::string value(100 << 10, '\0');
    for (char& c : value) c = static_cast<char>(random());
    large[key_at(static_cast<std::uint16_t>(i), "k")] = std::move(value);
  }
  add(*open(), large);
  EXPECT_EQ(restored(*open()), large);
}

TEST_P(snapshot_store_contract, takes_the_state_of_many_tasks_at_once) {
  const auto store = open();
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

TEST_P(snapshot_store_contract, opens_for_reading_while_the_job_runs) {
  const auto store = open();
  checkpoint(*store, 1, one_);
  checkpoint(*store, 2, two_);
  for (const std::string path : {"/job", "/job/", "/job/chk-2", "/job/chk-2/manifest"}) {
    const auto opened =
        open_snapshot(place_.location + path, coordination::verification::contents, place_.storage);
    ASSERT_TRUE(opened.ok()) << path << ": " << to_text(opened.error());
    EXPECT_EQ(opened->manifest.id, checkpoint_id(2)) << path;
    const auto reader = opened->files->read_merged(opened->manifest.operators[0]).value();
    EXPECT_EQ(drain(*reader).value(), two_);
  }
  for (const std::string path : {"/nowhere", ""}) {
    EXPECT_EQ(
        open_snapshot(place_.location + path, coordination::verification::contents, place_.storage)
            .error()
            .code,
        state_not_found);
  }
}

TEST_P(snapshot_store_contract, writes_savepoints_that_stand_alone) {
  const std::string path = place_.location + "/savepoint";
  {
    const auto store = open();
    const auto manifest = checkpoint(*store, 1, two_);
    ASSERT_TRUE(store->export_savepoint(manifest, path).ok());
    EXPECT_EQ(store->export_savepoint(manifest, path).error().code, errc::state_io);
  }
  folder()->remove_folder("chk-1");
  const auto opened = open_snapshot(path, coordination::verification::contents, place_.storage);
  ASSERT_TRUE(opened.ok()) << to_text(opened.error());
  const auto reader = opened->files->read_merged(opened->manifest.operators[0]).value();
  EXPECT_EQ(drain(*reader).value(), two_);
}

}  // namespace millrace::state
