#include "core/data/buffer.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace millrace::data {
namespace {

TEST(buffer, heap_bytes_are_aligned_and_padded_with_zeros) {
  for (const std::size_t size : {0, 1, 63, 64, 65}) {
    const auto b = buffer::allocate(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(b->data()) % 64, 0u);
    for (std::size_t i = size; i < (size + 63) / 64 * 64; ++i)
      EXPECT_EQ(b->data()[i], std::byte{0});
  }
}

TEST(buffer, wrapped_bytes_keep_their_owner) {
  auto owner = std::make_shared<std::vector<std::uint64_t>>(4, 7);
  const auto* bytes = reinterpret_cast<const std::byte*>(owner->data());
  auto b = buffer::wrap(bytes, 32, owner);
  EXPECT_EQ(owner.use_count(), 2);
  EXPECT_EQ(b->as<std::uint64_t>()[3], 7u);
  b.reset();
  EXPECT_EQ(owner.use_count(), 1);
}

TEST(buffer, copies_of_ended_threads_stay_counted) {
  const auto before = read_copy_counters();
  const std::vector<std::byte> bytes(100);
  std::thread([&] { (void)buffer::copy_of(bytes); }).join();
  (void)buffer::copy_of(bytes);
  const auto after = read_copy_counters();
  EXPECT_EQ(after.copied_bytes - before.copied_bytes, 200u);
  EXPECT_GE(after.allocated_bytes - before.allocated_bytes, 200u);
}

}  // namespace
}  // namespace millrace::data
