#include "tests/unit/state/checkpoint/fixture.hpp"

namespace millrace::state {
namespace {

using coordination::state_file_kind;

TEST(savepoint, holds_everything_and_may_be_moved) {
  const scratch_folder folder;
  const image base{{key_at(1, "a"), "1"}, {key_at(2, "b"), std::string(3000, 'b')}};
  const image delta{{key_at(1, "a"), std::nullopt}, {key_at(3, "c"), "3"}};
  {
    const auto store = open_store(folder.path());
    auto files = checkpoint(*store, 1, base).operators[0].files;
    ASSERT_TRUE(store->begin(checkpoint_id(2)).ok());
    image_reader reader(delta);
    files.push_back(
        store->write_state(checkpoint_id(2), "g", state_file_kind::delta, reader).value());
    const auto manifest = store->complete(manifest_of(2, files)).value();
    ASSERT_TRUE(store->export_savepoint(manifest, folder / "sp").ok());
  }
  std::filesystem::rename(folder / "sp", folder / "moved");
  std::filesystem::remove_all(folder / "job");
  const auto opened = open_snapshot(folder / "moved");
  ASSERT_TRUE(opened.ok()) << to_text(opened.error());
  EXPECT_TRUE(opened->manifest.savepoint);
  const auto& instance = opened->manifest.operators[0];
  ASSERT_EQ(instance.files.size(), 1U);
  EXPECT_EQ(instance.files[0].kind, state_file_kind::snapshot);
  const auto reader = opened->files->read(instance.files[0]).value();
  EXPECT_EQ(drain(*reader).value(),
            (image{{key_at(2, "b"), std::string(3000, 'b')}, {key_at(3, "c"), "3"}}));
}

TEST(savepoint, does_not_write_over_anything) {
  const scratch_folder folder;
  const auto store = open_store(folder.path());
  const auto manifest = checkpoint(*store, 1, {{key_at(1, "a"), "1"}});
  std::filesystem::create_directory(folder / "sp");
  ASSERT_TRUE(store->export_savepoint(manifest, folder / "sp").ok());
  EXPECT_EQ(store->export_savepoint(manifest, folder / "sp").error().code, errc::state_io);
  EXPECT_TRUE(open_snapshot(folder / "sp").ok());
}

}  // namespace
}  // namespace millrace::state
