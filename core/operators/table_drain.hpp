#pragma once

#include "core/operators/due_pieces.hpp"
#include "core/tables/hash_table.hpp"
#include "core/tables/item_table.hpp"
#include "core/tables/table_set.hpp"

#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace millrace::operators {

/// Walks the keys of a table once, when the inputs of its operator have ended: key group by key
/// group, with those on disk loaded one at a time, so that no more than one has to be in memory.
///
/// The operator removes the keys that a step gave before it asks for the next, so that none comes
/// twice, whatever is spilled, or restored from a checkpoint, in between; those that it leaves it
/// gives back.
template <class Table>
class table_drain {
 public:
  /// A payload of a hash table, a handle of the others.
  using key =
      std::conditional_t<std::is_same_v<Table, tables::hash_table>, char*, tables::key_handle>;

  /// Finds at most `most` keys. `need_state`: ask again on `resume`. Errors: those of leaving a key
  /// group that memory has no room for.
  [[nodiscard]] result<piece> next(Table& table, tables::table_set& tables, std::uint32_t most) {
    const std::uint32_t groups = tables.context().range.count;
    for (;;) {
      if (begin_.segment != at_.segment) MILLRACE_CHECK(tables.retire_group(begin_.segment));
      begin_ = at_;
      keys_.clear();
      if (at_.segment == groups) return piece::none_left;
      if (tables.prefetch_group(at_.segment) == tables::readiness::loading) {
        at_.position = 0;
        return piece::need_state;
      }
      keys_.resize(most);
      keys_.resize(scan(table));
      if (!keys_.empty()) return piece::done;
    }
  }
  /// As the last step found them; valid until something is spilled.
  [[nodiscard]] std::span<const key> keys() const { return keys_; }
  /// Not all keys of the last step were removed: they come again with the next one.
  void give_back() { at_ = begin_; }

 private:
  [[nodiscard]] std::uint32_t scan(Table& table) {
    if constexpr (std::is_same_v<Table, tables::hash_table>)
      return table.scan(at_, keys_, at_.segment + 1);
    else
      return table.scan_keys(at_, keys_, at_.segment + 1);
  }

  tables::table_cursor at_;
  tables::table_cursor begin_;  // of the last step
  std::vector<key> keys_;
};

}  // namespace millrace::operators
