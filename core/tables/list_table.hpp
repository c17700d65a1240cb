#pragma once

#include "core/tables/item_table.hpp"

#include <cstdint>
#include <string_view>

namespace millrace::tables {

class list_table;

/// Walks the rows of one key from the oldest on. Ends when the table is written (but for
/// `remove_first` of rows already passed, and `append`).
class list_cursor {
 public:
  [[nodiscard]] bool valid() const { return at_ != nullptr; }
  /// Valid until the row is removed.
  [[nodiscard]] inline std::string_view row() const;
  inline void next();

 private:
  friend class list_table;
  const list_table* table_ = nullptr;
  const segment* segment_ = nullptr;
  const linked_item* at_ = nullptr;
  timestamp_ms horizon_ = INT64_MIN;
};

/// Key -> rows in the order they were appended. A row is one entry of deltas: appending costs one
/// row there, not the list.
class list_table final : public item_table {
 public:
  void append(key_handle key, std::string_view row);
  void append(const key_view& key, std::string_view row) { append(locate_or_insert(key), row); }
  [[nodiscard]] list_cursor rows(key_handle key) const;
  /// Removes the oldest rows, at most `n`.
  void remove_first(key_handle key, std::uint32_t n);
  /// Removes all rows of the key.
  void clear(key_handle key) { remove_first(key, UINT32_MAX); }

 private:
  friend class table_set;
  friend class list_cursor;
  list_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
             segment_host& host);

  [[nodiscard]] arena::ref find_item(segment& s, char* head, std::string_view sub) override;
  void link_item(segment& s, char* head, arena::ref block) override;
  void unlink_item(segment& s, char* head, arena::ref block) override;
  void items_of(const segment& s, const char* head, std::vector<arena::ref>& out) const override;
  [[nodiscard]] bool valid_sub(std::string_view sub) const override;
  [[nodiscard]] const linked_item* first_alive(const segment& s, arena::ref from,
                                               timestamp_ms horizon) const {
    while (from != arena::null) {
      const auto* at = item_at<linked_item>(s, from);
      if (alive(at, horizon)) return at;
      from = at->next;
    }
    return nullptr;
  }
};

std::string_view list_cursor::row() const { return table_->value_of(at_); }
void list_cursor::next() { at_ = table_->first_alive(*segment_, at_->next, horizon_); }

}  // namespace millrace::tables
