#pragma once

#include "core/tables/item_table.hpp"

#include <cstdint>
#include <string_view>

namespace millrace::tables {

class sorted_table;

/// A place among the rows of one key, both directions. Ends when the table is written, except
/// through `sorted_table::erase(cursor)`. Moving past either end makes it invalid for good.
class sorted_cursor {
 public:
  [[nodiscard]] bool valid() const { return at_ != nullptr; }
  /// The order bytes (with the sequence number, if the row was inserted with one).
  [[nodiscard]] std::string_view order() const;
  [[nodiscard]] std::string_view row() const;
  void next();
  void previous();

 private:
  friend class sorted_table;
  const sorted_table* table_ = nullptr;
  segment* segment_ = nullptr;
  char* head_ = nullptr;  // the key's payload
  item* at_ = nullptr;
  std::uint32_t leaf_ = 0;
  std::uint32_t place_ = 0;
};

/// Key -> rows ordered by bytes (memcmp; see `order_encoder`): top-N, OVER, interval and temporal
/// joins, MIN and MAX with retraction. Finding and inserting cost O(log n) per key; rows in the
/// order of their bytes are the cheap case.
class sorted_table final : public item_table {
 public:
  /// Bytes that `insert` appends to the order bytes.
  static constexpr std::uint32_t sequence_size = 8;

  /// Puts a row at its place, replacing one with the same order bytes. True when it is new.
  bool put(key_handle key, std::string_view order, std::string_view row);
  /// Puts a row behind all rows with the same order bytes, by a growing sequence number (8 bytes
  /// big endian) appended to them. The table's spec must say `sequenced`. Gives that number.
  std::uint64_t insert(key_handle key, std::string_view order, std::string_view row);
  /// Removes the row with exactly these order bytes; false when there is none.
  bool erase(key_handle key, std::string_view order);
  /// Removes the cursor's row and moves on to the next.
  void erase(sorted_cursor& at);
  /// Removes rows with from <= order < to (an empty `to` is the end). Gives how many.
  std::uint32_t erase_range(key_handle key, std::string_view from, std::string_view to);
  void clear(key_handle key) { erase_range(key, {}, {}); }

  /// Rows of the key; a null handle has none. (With TTL, expired rows not met yet count.)
  [[nodiscard]] std::uint32_t count(key_handle key) const;
  [[nodiscard]] sorted_cursor first(key_handle key) const;
  [[nodiscard]] sorted_cursor last(key_handle key) const;
  /// The first row with order >= the bytes.
  [[nodiscard]] sorted_cursor lower_bound(key_handle key, std::string_view order) const;
  /// The first row with order > the bytes and not beginning with them: behind all rows that
  /// `insert` put at these bytes.
  [[nodiscard]] sorted_cursor upper_bound(key_handle key, std::string_view order) const;
  /// The row with exactly these order bytes, or invalid.
  [[nodiscard]] sorted_cursor find(key_handle key, std::string_view order) const;
  /// Row `n` from 0, in O(rows / 64).
  [[nodiscard]] sorted_cursor nth(key_handle key, std::uint32_t n) const;
  /// How many rows stand before the cursor, in O(rows / 64).
  [[nodiscard]] std::uint32_t rank(const sorted_cursor& at) const;

 private:
  friend class table_set;
  friend class sorted_cursor;
  sorted_table(table_spec spec, std::uint16_t ordinal, const table_context& context);
};

}  // namespace millrace::tables
