#include "state/storage/direct_file.hpp"

#include "tests/unit/state/checkpoint/fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::state {
namespace {

constexpr std::uint64_t limit = 16U << 20;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 4096);
  return bytes;
}

TEST(direct_file, holds_what_was_written_whatever_its_size) {
  const scratch_folder folder;
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 1U << 20, (1U << 20) + 1, 3145733U}) {
    const std::string path = folder / std::to_string(size);
    const std::string bytes = pattern(size);
    auto to = direct_file::create(path).value();
    // Pieces that fit neither pages nor the buffer.
    for (std::size_t at = 0; at < size; at += 70001) {
      ASSERT_TRUE(to.write(std::string_view(bytes).substr(at, 70001)).ok());
    }
    ASSERT_TRUE(to.finish().ok());
    EXPECT_EQ(read_file(path, limit).value(), bytes);
  }
}

TEST(direct_file, goes_on_as_an_ordinary_file_after_bytes_that_fill_no_page) {
  const scratch_folder folder;
  const std::string path = folder / "file";
  const std::string bytes = pattern(10000);
  auto to = file::create_direct(path).value();
  ASSERT_TRUE(to.write(std::string_view(bytes).substr(0, 77)).ok());
  ASSERT_TRUE(to.write(std::string_view(bytes).substr(77)).ok());
  ASSERT_TRUE(to.sync().ok());
  EXPECT_EQ(read_file(path, limit).value(), bytes);
}

TEST(direct_file, replaces_no_file) {
  const scratch_folder folder;
  const std::string path = folder / "file";
  ASSERT_TRUE(replace_file(path, "there").ok());
  EXPECT_EQ(direct_file::create(path).error().code, errc::state_io);
  EXPECT_EQ(read_file(path, limit).value(), "there");
}

}  // namespace
}  // namespace millrace::state
