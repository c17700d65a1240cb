#pragma once

#include "core/tables/item_table.hpp"

#include <cstdint>
#include <string_view>

namespace millrace::tables {

class list_table;

/// Walks the rows of one key from the oldest on. Ends when the table is written (but for
/// `remove_first` of rows already passed).
class list_cursor {
 public:
  [[nodiscard]] bool valid() const { return at_ != nullptr; }
  /// Valid until the row is removed.
  [[nodiscard]] std::string_view row() const;
  void next();

 private:
  friend class list_table;
  const list_table* table_ = nullptr;
  const segment* segment_ = nullptr;
  const item* at_ = nullptr;
};

/// Key -> rows in the order they were appended. A row is one entry of deltas: appending costs one
/// row there, not the list.
class list_table final : public item_table {
 public:
  void append(key_handle key, std::string_view row);
  void append(const key_view& key, std::string_view row) { append(locate_or_insert(key), row); }
  /// Rows of the key; a null handle has none. (With TTL, expired rows that were not met yet count.)
  [[nodiscard]] std::uint32_t count(key_handle key) const;
  [[nodiscard]] list_cursor rows(key_handle key) const;
  /// Removes the oldest rows, at most `n`.
  void remove_first(key_handle key, std::uint32_t n);
  /// Removes all rows of the key.
  void clear(key_handle key) { remove_first(key, UINT32_MAX); }

 private:
  friend class table_set;
  friend class list_cursor;
  list_table(table_spec spec, std::uint16_t ordinal, const table_context& context);
};

}  // namespace millrace::tables
