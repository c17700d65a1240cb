#pragma once

#include "core/tables/keyed_table.hpp"
#include "core/tables/table_set.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace millrace::tables {

namespace entry_flag {
/// Four bits that say which delta held a block last: `delta_mark` of the epoch. Comes again after
/// 15 epochs, zero never.
inline constexpr std::uint8_t delta = 0xf0;
[[nodiscard]] constexpr std::uint8_t delta_mark(std::uint64_t epoch) {
  return static_cast<std::uint8_t>((epoch % 15 + 1) << 4);
}
}  // namespace entry_flag

/// What one freeze needs of one segment. The dirty blocks stay where they are until someone needs
/// them: the first of the thread that writes the delta and the task's first write to the segment
/// copies them out, under `lock`. So a freeze copies nothing, and no segment is ever cloned.
struct frozen_segment {
  /// A key and, behind it, a value in `bytes`.
  struct piece {
    std::uint64_t first;  ///< hash and what follows, as a number that sorts like the bytes
    std::size_t at;
    std::uint32_t key_size;
    std::uint32_t value_size;  ///< or `tombstone`

    static constexpr std::uint32_t tombstone = UINT32_MAX;
    [[nodiscard]] bool removed() const { return value_size == tombstone; }
  };

  std::mutex lock;
  keyed_table* table = nullptr;
  segment* source = nullptr;
  std::uint32_t group = 0;
  freeze_mode mode = freeze_mode::changes;
  std::uint8_t mark = 0;      ///< `entry_flag::delta_mark` of the freeze
  bool deltas_follow = true;  ///< what it holds leaves a tombstone from now on
  bool copied = false;
  bool cut = false;            ///< its table died before it was copied out
  bool spent = false;          ///< written: `bytes` and `pieces` are gone
  std::uint64_t expected = 0;  ///< entries and tombstones, about
  std::string tombstones;      ///< the segment's at the freeze
  std::string bytes;
  std::vector<piece> pieces;

  /// Does nothing when it was done before.
  void copy_out();
  /// Nothing is needed of the segment any more.
  void cut_off();
  /// What was copied out is written: gives its memory to `next`, which is copied out after it, or
  /// back. The thread that writes.
  void spend(frozen_segment* next);
  /// Puts what was to be written back among the segment's changes, by the marks of its blocks. On
  /// the task's thread.
  void merge_back();
  [[nodiscard]] std::string_view key_of(const piece& p) const {
    return std::string_view(bytes).substr(p.at, p.key_size);
  }
  [[nodiscard]] delta_entry entry_of(const piece& p) const {
    if (p.removed()) return {key_of(p), {}, true};
    return {key_of(p), std::string_view(bytes).substr(p.at + p.key_size, p.value_size), false};
  }
  /// By key, without repeated tombstones.
  void sort();

 private:
  void add_piece(std::size_t at, std::size_t key_size, bool tombstone);
  void copy_blocks();
  void copy_tombstones();
};

/// Calls `f` with every key of a list of tombstones.
template <class F>
void for_each_tombstone(std::string_view list, F&& f) {
  while (!list.empty()) {
    std::uint32_t size;
    std::memcpy(&size, list.data(), sizeof size);
    f(list.substr(sizeof size, size));
    list.remove_prefix(sizeof size + size);
  }
}
void append_tombstone(std::string& list, std::string_view key);

}  // namespace millrace::tables
