#include "state/checkpoint/state_file_copy.hpp"
#include "state/checkpoint/state_file_reader.hpp"
#include "state/storage/directory_folder.hpp"
#include "tests/unit/state/checkpoint/fixture.hpp"

namespace millrace::state {
namespace {

using coordination::state_file_kind;

/// For files that stay in memory.
directory_folder nowhere("/nowhere");

std::string bytes_of(const image& state, state_file_kind kind = state_file_kind::delta) {
  image_reader from(state);
  return write_state_file(from, kind, nowhere, "", UINT64_MAX).value().inline_bytes;
}

TEST(state_file, gives_back_what_was_written) {
  std::mt19937 random(1);
  for (const int entries : {0, 1, 5, 3000}) {
    const image state = random_image(random, entries, true);
    state_file_reader reader(byte_input(bytes_of(state)));
    EXPECT_EQ(drain(reader).value(), state);
    EXPECT_EQ(reader.summary().entries, state.size());
  }
}

TEST(state_file, cuts_blocks_and_compresses_them) {
  image state;
  const std::string same(40, 'v');
  for (int i = 0; i < 20000; ++i) state[key_at(3, std::to_string(100000 + i))] = same;
  const std::string bytes = bytes_of(state);
  EXPECT_LT(bytes.size(), 20000 * 14U);
  state_file_reader reader(byte_input{bytes});
  EXPECT_EQ(drain(reader).value(), state);
  EXPECT_GE(reader.summary().blocks, 3U);
}

TEST(state_file, compresses_what_follows_on_rows_that_do_not_pack) {
  std::mt19937 random(3);
  image state;
  for (int i = 0; i < 20000; ++i) {
    std::string noise(60, ' ');
    for (char& c : noise) c = static_cast<char>(random());
    state[key_at(1, std::to_string(100000 + i))] = noise;
    state[key_at(2, std::to_string(100000 + i))] = std::string(100, 'v');
  }
  const std::string bytes = bytes_of(state);
  EXPECT_GT(bytes.size(), 20000 * 60U);
  EXPECT_LT(bytes.size(), 20000 * 120U);
  state_file_reader reader(byte_input{bytes});
  EXPECT_EQ(drain(reader).value(), state);
}

TEST(state_file, keeps_an_entry_larger_than_a_block) {
  image state{{key_at(1, "a"), std::string(1 << 20, 'x')}, {key_at(1, "b"), "y"}};
  state_file_reader reader(byte_input(bytes_of(state)));
  EXPECT_EQ(drain(reader).value(), state);
}

TEST(state_file, goes_to_the_disk_when_it_grows) {
  const scratch_folder folder;
  std::mt19937 random(2);
  const image state = random_image(random, 2000, false);
  image_reader from(state);
  directory_folder to(folder.path());
  const auto written = write_state_file(from, state_file_kind::snapshot, to, "file", 1000).value();
  EXPECT_TRUE(written.inline_bytes.empty());
  EXPECT_EQ(written.bytes, std::filesystem::file_size(folder / "file"));
  state_file_reader reader(byte_input(to.open("file").value(), "file", 0, written.bytes));
  EXPECT_EQ(drain(reader).value(), state);
}

TEST(state_file, refuses_keys_that_do_not_ascend) {
  const std::string a = key_at(1, "a");
  const std::string b = key_at(1, "b");
  const std::vector<tables::delta_entry> wrong{{b, "1"}, {a, "2"}};
  tables::vector_reader from(wrong);
  EXPECT_EQ(write_state_file(from, state_file_kind::delta, nowhere, "", UINT64_MAX).error().code,
            errc::internal);
}

TEST(state_file, leaves_nothing_behind_when_its_reader_fails) {
  class failing final : public tables::delta_reader {
   public:
    [[nodiscard]] result<std::span<const tables::delta_entry>> next() override {
      if (given_) return make_error(errc::runtime_interrupted, "cut off");
      given_ = true;
      return std::span<const tables::delta_entry>(&entry_, 1);
    }

   private:
    bool given_ = false;
    std::string key_ = key_at(1, "a");
    std::string value_ = std::string(5000, 'v');
    tables::delta_entry entry_{key_, value_};
  };
  const scratch_folder folder;
  directory_folder to(folder.path());
  failing from;
  EXPECT_EQ(write_state_file(from, state_file_kind::delta, to, "file", 0).error().code,
            errc::runtime_interrupted);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

// Every bit of a small file, and every length it can be cut to.
TEST(state_file, notices_every_flipped_bit_and_every_cut) {
  std::mt19937 random(3);
  const std::string good = bytes_of(random_image(random, 12, true));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    state_file_reader reader(byte_input{bad});
    const auto read = drain(reader);
    ASSERT_FALSE(read.ok()) << "bit " << bit;
    ASSERT_EQ(read.error().code, errc::state_corrupt);
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    state_file_reader reader(byte_input(good.substr(0, size)));
    ASSERT_FALSE(drain(reader).ok()) << "cut to " << size;
  }
}

}  // namespace
}  // namespace millrace::state
