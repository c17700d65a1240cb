#include "tests/unit/state/checkpoint/fixture.hpp"

namespace millrace::state {
namespace {

using coordination::state_file_kind;

/// A job's folder with two complete checkpoints, kept in memory: path to bytes.
struct damaged_job : ::testing::Test {
  using files = std::map<std::string, std::string>;

  void SetUp() override {
    std::mt19937 random(6);
    before_ = random_image(random, 60, false);
    after_ = random_image(random, 60, false);
    const auto store = open_store(folder_.path());
    write(*store, 1, before_);
    write(*store, 2, after_);
    for (const auto& e : std::filesystem::recursive_directory_iterator(folder_ / "job")) {
      if (e.is_regular_file()) good_[e.path().string()] = read_all(e.path().string());
    }
  }

  // A file of its own, one in the pack, and one of a backend.
  void write(coordination::snapshot_store& store, std::uint64_t id, const image& state) {
    ASSERT_TRUE(store.begin(checkpoint_id(id)).ok());
    std::vector<coordination::state_file> all;
    image small{*state.begin()};
    image large = state;
    large[key_at(200, "large")] = std::string(3000, static_cast<char>('0' + id));
    image_reader from_small(small);
    image_reader from_large(large);
    all.push_back(
        store.write_state(checkpoint_id(id), "a", state_file_kind::delta, from_small).value());
    all.push_back(
        store.write_state(checkpoint_id(id), "b", state_file_kind::snapshot, from_large).value());
    write_all(folder_ / "sst", "backend " + std::to_string(id));
    all.push_back(store.keep_file(checkpoint_id(id), "c", folder_ / "sst", "1.sst").value());
    std::filesystem::remove(folder_ / "sst");
    ASSERT_TRUE(store.complete(manifest_of(id, all)).ok());
  }

  // Everything as it was.
  void mend() {
    std::filesystem::remove_all(folder_ / "job");
    for (const auto& [path, bytes] : good_) {
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      write_all(path, bytes);
    }
  }

  std::vector<std::string> paths_with(const std::string& part) const {
    std::vector<std::string> out;
    for (const auto& [path, bytes] : good_) {
      if (path.find(part) != path.npos && !bytes.empty()) out.push_back(path);
    }
    return out;
  }

  std::string damage(const std::string& path, std::mt19937& random) {
    std::string bytes = good_.at(path);
    if (random() % 4 == 0) {
      bytes.resize(random() % bytes.size());
    } else {
      bytes[random() % bytes.size()] ^= static_cast<char>(1 << (random() % 8));
    }
    write_all(path, bytes);
    return bytes;
  }

  const scratch_folder folder_;
  image before_;
  image after_;
  files good_;
};

TEST_F(damaged_job, goes_back_to_the_checkpoint_before) {
  const auto paths = paths_with("/chk-2/");
  ASSERT_EQ(paths.size(), 4U);
  for (std::uint32_t seed = 0; seed < 1600; ++seed) {
    std::mt19937 random(seed);
    const std::string path = paths[seed % paths.size()];
    damage(path, random);
    const auto store = open_store(folder_.path());
    const auto found = store->latest();
    ASSERT_TRUE(found.ok() && found->has_value()) << "seed " << seed << " " << path;
    ASSERT_EQ((*found)->manifest.id, checkpoint_id(1)) << "seed " << seed << " " << path;
    ASSERT_EQ((*found)->passed_over.size(), 1U);
    ASSERT_EQ((*found)->passed_over[0].code, errc::state_corrupt);
    write_all(path, good_.at(path));
  }
}

TEST_F(damaged_job, finds_the_newest_manifest_without_its_pointer) {
  const std::string path = folder_ / "job/pointer";
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    damage(path, random);
    const auto store = open_store(folder_.path());
    const auto found = store->latest();
    ASSERT_TRUE(found.ok() && found->has_value()) << "seed " << seed;
    ASSERT_EQ((*found)->manifest.id, checkpoint_id(2)) << "seed " << seed;
    ASSERT_EQ((*found)->passed_over.size(), 1U);
    write_all(path, good_.at(path));
  }
  std::filesystem::remove(path);
  EXPECT_EQ(open_store(folder_.path())->latest().value()->manifest.id, checkpoint_id(2));
}

TEST_F(damaged_job, is_noticed_when_opened_for_reading) {
  const auto paths = paths_with("/chk-1/");
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    const std::string path = paths[seed % paths.size()];
    damage(path, random);
    const auto opened = open_snapshot(folder_ / "job/chk-1");
    ASSERT_FALSE(opened.ok()) << "seed " << seed << " " << path;
    ASSERT_EQ(opened.error().code, errc::state_corrupt);
    write_all(path, good_.at(path));
  }
  EXPECT_TRUE(open_snapshot(folder_ / "job/chk-1").ok());
}

TEST_F(damaged_job, says_so_when_no_checkpoint_holds) {
  for (const auto& path : paths_with("/manifest")) std::filesystem::remove(path);
  EXPECT_EQ(open_store(folder_.path())->latest().error().code, errc::state_corrupt);
}

TEST_F(damaged_job, completes_checkpoints_again_after_any_damage) {
  std::vector<std::string> paths = paths_with("/chk-2/");
  paths.push_back(folder_ / "job/pointer");
  std::mt19937 random(7);
  for (const std::string& path : paths) {
    damage(path, random);
    {
      const auto store = open_store(folder_.path());
      ASSERT_TRUE(store->latest().ok());
      checkpoint(*store, store->newest_id().value + 1, after_);
    }
    const auto found = open_store(folder_.path())->latest().value();
    ASSERT_TRUE(found.has_value()) << path;
    EXPECT_EQ(found->manifest.id, checkpoint_id(3)) << path;
    EXPECT_TRUE(found->passed_over.empty()) << path;
    mend();
  }
}

}  // namespace
}  // namespace millrace::state
