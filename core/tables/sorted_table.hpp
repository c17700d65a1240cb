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
  [[nodiscard]] inline std::string_view order() const;
  [[nodiscard]] inline std::string_view row() const;
  void next();
  void previous();

 private:
  friend class sorted_table;
  const sorted_table* table_ = nullptr;
  segment* segment_ = nullptr;
  char* head_ = nullptr;  // the key's payload
  item* at_ = nullptr;
  timestamp_ms horizon_ = INT64_MIN;
  std::uint32_t leaf_ = 0;
  std::uint32_t place_ = 0;
};

/// A key's payload in a sorted table. `root` is the only item (no leaves), the only leaf, or the
/// directory of leaves.
struct sorted_head : item_head {
  std::uint32_t leaves;
  std::uint32_t room;  ///< entries the directory has room for
  std::uint32_t unused;
};

/// Key -> rows ordered by bytes (memcmp; see `order_encoder`): top-N, OVER, interval and temporal
/// joins, MIN and MAX with retraction. Finding and inserting cost O(log n) per key; rows in the
/// order of their bytes are the cheap case.
class sorted_table : public item_table {
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

 protected:
  friend class table_set;
  friend class sorted_cursor;
  /// What rows are told apart by before their items are looked at: the first eight order bytes, or
  /// parts of the time and the hash that a timer's begin with.
  enum class prefix_form : std::uint8_t { bytes, timer };
  sorted_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
               segment_host& host, prefix_form prefix = prefix_form::bytes);

  [[nodiscard]] arena::ref find_item(segment& s, char* head, std::string_view sub) override;
  void link_item(segment& s, char* head, arena::ref block) override;
  void unlink_item(segment& s, char* head, arena::ref block) override;
  void items_of(const segment& s, const char* head, std::vector<arena::ref>& out) const override;

 private:
  /// Where a row stands: leaf of the directory and place in the leaf.
  struct spot {
    std::uint32_t leaf = 0;
    std::uint32_t place = 0;
  };
  /// Which rows a search passes: those before the bytes, or also those beginning with them.
  enum class bound : std::uint8_t { lower, upper };
  struct leaf_view;

  [[nodiscard]] std::uint64_t prefix_of(std::string_view order) const;
  /// Order bytes that a prefix depends on: a row with a greater one does not begin with so many.
  [[nodiscard]] std::size_t bytes_in_prefix() const {
    return prefix_ == prefix_form::timer ? 11 : 8;
  }
  [[nodiscard]] leaf_view leaf_at(const segment& s, const sorted_head& head, std::uint32_t i) const;
  [[nodiscard]] bool passes(std::uint64_t prefix, arena::ref block, const segment& s,
                            std::string_view order, std::uint64_t order_prefix, bound b) const;
  [[nodiscard]] spot search(const segment& s, const sorted_head& head, std::string_view order,
                            bound b) const;
  [[nodiscard]] spot normal(const segment& s, const sorted_head& head, spot at) const;
  [[nodiscard]] arena::ref block_at(const segment& s, const sorted_head& head, spot at) const;
  [[nodiscard]] bool holds(const segment& s, const sorted_head& head, spot at,
                           std::string_view order) const;

  void insert_at(segment& s, sorted_head& head, spot at, arena::ref block);
  void remove_at(segment& s, sorted_head& head, spot at);
  void resize_leaf(segment& s, sorted_head& head, std::uint32_t i, std::uint32_t room);
  void split_leaf(segment& s, sorted_head& head, spot& at);
  void insert_leaf(segment& s, sorted_head& head, std::uint32_t i, arena::ref leaf);
  void remove_leaf(segment& s, sorted_head& head, std::uint32_t i);
  void merge_leaf(segment& s, sorted_head& head, std::uint32_t i);

  void place_row(segment& s, sorted_head& head, spot at, std::string_view order,
                 std::string_view row);
  [[nodiscard]] sorted_cursor cursor_at(key_handle key, spot at, bool forward) const;
  void settle(sorted_cursor& c, bool forward) const;
  [[nodiscard]] std::uint32_t rows_in_leaf(const sorted_cursor& c) const;

  prefix_form prefix_;
};

std::string_view sorted_cursor::order() const { return table_->sub_of(at_); }
std::string_view sorted_cursor::row() const { return table_->value_of(at_); }

}  // namespace millrace::tables
