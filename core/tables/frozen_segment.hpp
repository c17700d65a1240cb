#pragma once

#include "core/tables/keyed_table.hpp"
#include "core/tables/table_set.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace millrace::tables {

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
  bool deltas_follow = true;  ///< what it holds leaves a tombstone from now on
  bool copied = false;
  bool cut = false;            ///< its table died before it was copied out
  std::uint64_t expected = 0;  ///< entries and tombstones, about
  std::string tombstones;      ///< the segment's at the freeze
  std::string bytes;
  std::vector<piece> pieces;

  /// Does nothing when it was done before.
  void copy_out();
  /// Nothing is needed of the segment any more.
  void cut_off();
  /// Puts what was to be written back among the segment's changes. On the task's thread.
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
