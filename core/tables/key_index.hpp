#pragma once

#include "core/base/memory_budget.hpp"
#include "core/tables/arena.hpp"

#include <cstdint>
#include <memory>

namespace millrace::tables {

/// Open addressing from a 32-bit tag (the upper half of a hash) to a block of an arena. Linear
/// probing, at most three quarters full, grows by doubling from 8 slots. Compares tags only; the
/// caller compares keys. Not thread safe.
class key_index {
 public:
  struct slot {
    std::uint32_t tag;
    arena::ref block;  ///< `empty`, `erased` or a block
  };
  static constexpr arena::ref empty = 0;
  static constexpr arena::ref erased = 0xffffffff;
  [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32);
  }

  explicit key_index(memory_budget* budget) : budget_(budget) {}
  key_index(const key_index&) = delete;
  key_index& operator=(const key_index&) = delete;
  /// Both on the same budget.
  void swap(key_index& other) noexcept;
  ~key_index() { clear(); }

  /// The first block with this tag for which `same(block)` holds, or `arena::null`.
  template <class Same>
  [[nodiscard]] arena::ref find(std::uint32_t tag, Same&& same) const {
    if (capacity_ == 0) return arena::null;
    for (std::uint32_t i = tag & mask();; i = (i + 1) & mask()) {
      const slot s = slots_[i];
      if (s.block == empty) return arena::null;
      if (s.tag == tag && s.block != erased && same(s.block)) return s.block;
    }
  }
  /// Adds a block that is known not to be there.
  void insert(std::uint32_t tag, arena::ref block) {
    if (used_ + 1 > capacity_ - capacity_ / 4) grow();
    std::uint32_t i = tag & mask();
    while (slots_[i].block != empty) i = (i + 1) & mask();
    slots_[i] = {tag, block};
    ++used_;
    ++live_;
  }
  /// Takes a block out. It must be there.
  void erase(std::uint32_t tag, arena::ref block);
  void prefetch(std::uint32_t tag) const {
    if (capacity_ != 0) __builtin_prefetch(&slots_[tag & mask()]);
  }
  /// The first block with this tag, for prefetching, or null.
  [[nodiscard]] arena::ref hint(std::uint32_t tag) const {
    return find(tag, [](arena::ref) { return true; });
  }

  void clear();
  [[nodiscard]] std::uint32_t size() const { return live_; }
  /// Slots, for scans by position; stable while nothing is inserted.
  [[nodiscard]] std::uint32_t capacity() const { return capacity_; }
  [[nodiscard]] slot at(std::uint32_t position) const { return slots_[position]; }
  [[nodiscard]] static bool is_live(slot s) { return s.block != empty && s.block != erased; }
  [[nodiscard]] std::size_t bytes() const { return std::size_t{capacity_} * sizeof(slot); }

 private:
  [[nodiscard]] std::uint32_t mask() const { return capacity_ - 1; }
  void grow();

  memory_budget* budget_;
  std::unique_ptr<slot[]> slots_;
  std::uint32_t capacity_ = 0;
  std::uint32_t used_ = 0;  // live and erased
  std::uint32_t live_ = 0;
};

}  // namespace millrace::tables
