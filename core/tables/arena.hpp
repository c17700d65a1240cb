#pragma once

#include "core/base/memory_budget.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace millrace::tables {

/// Storage of one segment: blocks that never move, named by 32-bit references, in chunks that start
/// at 256 bytes and grow with the segment up to 64 KiB. A freed block is kept on a list of its size
/// class. Chunks are charged to the budget. Not thread safe.
class arena {
 public:
  using ref = std::uint32_t;
  /// No block.
  static constexpr ref null = 0;

  explicit arena(memory_budget* budget) : budget_(budget) {}
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;
  /// Both on the same budget.
  void swap(arena& other) noexcept;
  ~arena() { clear(); }

  /// A block of at least `size` bytes, aligned to 16, not initialised.
  [[nodiscard]] ref allocate(std::size_t size);
  /// `size` as it was allocated with (any size of the same `block_size` will do).
  void release(ref block, std::size_t size);
  [[nodiscard]] char* at(ref block) const {
    return chunks_[block >> offset_bits].get() + std::size_t{block & offset_mask} * unit;
  }
  /// The usable bytes of a block that was asked for with `size`.
  [[nodiscard]] static std::size_t block_size(std::size_t size);

  void clear();
  /// Bytes of all chunks.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Bytes in freed blocks.
  [[nodiscard]] std::size_t free_bytes() const { return free_bytes_; }

 private:
  static constexpr std::size_t unit = 16;
  static constexpr std::uint32_t offset_bits = 12;
  static constexpr std::uint32_t offset_mask = (1U << offset_bits) - 1;
  static constexpr std::size_t largest_chunk = unit << offset_bits;

  [[nodiscard]] ref allocate_slow(std::size_t size);
  [[nodiscard]] ref take_large(std::size_t size);
  /// Puts what is left of the open chunk on the free lists.
  void keep_rest();
  std::uint32_t add_chunk(std::size_t size);

  memory_budget* budget_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::vector<ref> free_lists_;  // by size class, made on the first release
  std::vector<std::uint32_t> free_chunk_slots_;
  std::size_t next_ = 0;    // units used of the open chunk
  std::size_t end_ = 0;     // units of the open chunk
  std::uint32_t open_ = 0;  // the open chunk
  std::size_t bytes_ = 0;
  std::size_t free_bytes_ = 0;
};

}  // namespace millrace::tables
