#pragma once

#include "core/tables/keyed_table.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace millrace::tables {

/// Head of one row of a list, map or sorted table; behind it lie the sub-key's bytes, the value's
/// and, with TTL, the write time.
struct item {
  arena::ref owner;        ///< the key's entry
  arena::ref next;         ///< in insertion order (list, map)
  arena::ref previous;     ///< in insertion order (list, map)
  std::uint32_t sub_hash;  ///< of the sub-key (map)
  std::uint32_t sub_size;
  std::uint32_t value_size : 31;
  std::uint32_t unused : 1;
  std::uint8_t flags;
};

/// A key's payload in a list or map table.
struct chain_head {
  std::uint32_t count;
  arena::ref first;
  arena::ref last;
  std::uint32_t indexed;  ///< its items stand in `segment::items`
};

/// What list, map and sorted tables share: finding keys in batches.
class item_table : public keyed_table {
 public:
  /// For every key of the batch its handle; null handles for keys without items.
  void locate(const key_batch& keys, std::span<key_handle> handles);
  /// The same, making new keys. A key that is left without items vanishes by itself.
  void locate_or_insert(const key_batch& keys, std::span<key_handle> handles);
  [[nodiscard]] key_handle locate(const key_view& key);
  key_handle locate_or_insert(const key_view& key);

  /// Key of a handle; valid as long as the handle.
  [[nodiscard]] key_view key_of(key_handle key) const;
  /// The next keys in an order that stands while no key is inserted; 0 at the end.
  [[nodiscard]] std::uint32_t scan_keys(table_cursor& at, std::span<key_handle> handles);

 protected:
  using keyed_table::keyed_table;
};

}  // namespace millrace::tables
