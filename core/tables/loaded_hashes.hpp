#pragma once

#include "core/base/memory_budget.hpp"

#include <cstdint>
#include <vector>

namespace millrace::tables {

/// The key hashes of one key group whose entries are in memory while most of the group is not: a
/// set by open addressing. Used on the task's thread. Its memory is charged to the budget.
class loaded_hashes {
 public:
  explicit loaded_hashes(memory_budget* budget) : budget_(budget) {}
  ~loaded_hashes() { clear(); }
  loaded_hashes(const loaded_hashes&) = delete;
  loaded_hashes& operator=(const loaded_hashes&) = delete;

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool contains(std::uint64_t hash) const {
    return size_ != 0 && slots_[slot_of(stored(hash))] != 0;
  }
  void insert(std::uint64_t hash);
  /// Gives its memory back.
  void clear();
  [[nodiscard]] std::size_t bytes() const { return slots_.size() * sizeof(std::uint64_t); }

 private:
  // 0 marks an empty slot.
  [[nodiscard]] static std::uint64_t stored(std::uint64_t hash) { return hash == 0 ? 1 : hash; }
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash) const;
  void resize(std::size_t slots);

  memory_budget* budget_;
  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
};

}  // namespace millrace::tables
