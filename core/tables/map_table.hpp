#pragma once

#include "core/tables/item_table.hpp"

#include <cstdint>
#include <string_view>

namespace millrace::tables {

class map_table;

/// Bytes of a value inside the table. `data` may be written through after `find_mutable` and
/// `upsert`; valid until the item is erased or its value replaced. Aligned to 8 when the sub-key's
/// size is a multiple of 8, else read with memcpy.
struct value_ref {
  char* data = nullptr;
  std::uint32_t size = 0;
  explicit operator bool() const { return data != nullptr; }
  [[nodiscard]] std::string_view view() const { return {data, size}; }
};

/// Walks the items of one key in the order they were inserted (after a restore: by sub-key). Ends
/// when the table is written, except through `map_table::erase(cursor)`.
class map_cursor {
 public:
  [[nodiscard]] bool valid() const { return at_ != nullptr; }
  [[nodiscard]] inline std::string_view sub_key() const;
  [[nodiscard]] inline std::string_view value() const;
  inline void next();

 private:
  friend class map_table;
  const map_table* table_ = nullptr;
  segment* segment_ = nullptr;
  map_item* at_ = nullptr;
  timestamp_ms horizon_ = INT64_MIN;
};

/// Key -> sub-key -> value: DISTINCT counts, join sides by unique key or by row -> count, session
/// windows. Sub-keys and values are bytes of any length. Keys with few items are searched along
/// their chain, others by a hash index over all such keys of a key group.
class map_table final : public item_table {
 public:
  /// The value of a sub-key, or null; reading only.
  [[nodiscard]] value_ref find(key_handle key, std::string_view sub_key) const;
  /// The value for changing it in place (same size); the item is dirty from here on.
  [[nodiscard]] value_ref find_mutable(key_handle key, std::string_view sub_key);
  /// Puts a value, replacing the old one.
  void put(key_handle key, std::string_view sub_key, std::string_view value);
  /// The value in place, inserted as `size` zero bytes when the sub-key is new. An existing value
  /// keeps its size, which must be `size`.
  [[nodiscard]] value_ref upsert(key_handle key, std::string_view sub_key, std::uint32_t size,
                                 bool* inserted = nullptr);
  /// False when it is not there.
  bool erase(key_handle key, std::string_view sub_key);
  /// Removes the cursor's item and moves on to the next.
  void erase(map_cursor& at);
  /// Removes all items of the key.
  void clear(key_handle key);

  [[nodiscard]] map_cursor items(key_handle key) const;

 private:
  friend class table_set;
  friend class map_cursor;
  map_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
            segment_host& host);

  [[nodiscard]] arena::ref find_item(segment& s, char* head, std::string_view sub) override;
  void link_item(segment& s, char* head, arena::ref block) override;
  void unlink_item(segment& s, char* head, arena::ref block) override;
  void items_of(const segment& s, const char* head, std::vector<arena::ref>& out) const override;

  [[nodiscard]] arena::ref search(const segment& s, const char* head, std::string_view sub,
                                  std::uint32_t hash) const;
  /// The living item of a sub-key, ready for writing, or null.
  [[nodiscard]] arena::ref writable(segment& s, char* head, std::string_view sub,
                                    std::uint32_t hash);
  arena::ref add(segment& s, char* head, std::string_view sub, std::uint32_t hash,
                 const char* value, std::size_t size);
  void replace_value(segment& s, char* head, arena::ref block, std::string_view value);
  void append_link(segment& s, char* head, arena::ref block);
  void index_items(segment& s, char* head);
  void remove(segment& s, char* head, arena::ref block);
  [[nodiscard]] map_item* first_alive(const segment& s, arena::ref from,
                                      timestamp_ms horizon) const {
    while (from != arena::null) {
      auto* at = item_at<map_item>(s, from);
      if (alive(at, horizon)) return at;
      from = at->next;
    }
    return nullptr;
  }
};

std::string_view map_cursor::sub_key() const { return table_->sub_of(at_); }
std::string_view map_cursor::value() const { return table_->value_of(at_); }
void map_cursor::next() { at_ = table_->first_alive(*segment_, at_->next, horizon_); }

}  // namespace millrace::tables
