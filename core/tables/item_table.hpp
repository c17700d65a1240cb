#pragma once

#include "core/tables/keyed_table.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::tables {

/// Head of one row of a list, map or sorted table. Behind the head of its kind lie the sub-key's
/// bytes, the value's and, with TTL, the write time.
struct item {
  arena::ref owner;  ///< the key's entry
  std::uint32_t value_size;
  std::uint32_t sub_size;
  std::uint8_t flags;
};
/// Items in insertion order.
struct linked_item : item {
  arena::ref next;
  arena::ref previous;  ///< maps only
};
struct map_item : linked_item {
  std::uint32_t sub_hash;
  std::uint32_t unused;
};
static_assert(sizeof(item) == 16 && sizeof(linked_item) == 24 && sizeof(map_item) == 32);

/// What a key's payload begins with in all item tables.
struct item_head {
  std::uint32_t count;  ///< items
  arena::ref root;      ///< what is read first: the first item, or the sorted items' root
  arena::ref self;      ///< the key's entry
};
/// A key's payload in a list or map table.
struct chain_head : item_head {
  arena::ref last;
  std::uint32_t indexed;  ///< its items stand in `segment::items`
  std::uint32_t unused;
};

/// What list, map and sorted tables share: finding keys in batches, and the life of items.
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
  /// The next keys with items in an order that stands while no key is inserted; 0 at the end. `end`
  /// as in `hash_table::scan`.
  [[nodiscard]] std::uint32_t scan_keys(table_cursor& at, std::span<key_handle> handles,
                                        std::uint32_t end = UINT32_MAX);

  /// Items of the key; a null handle has none. (With TTL, expired items not met yet count.)
  [[nodiscard]] std::uint32_t count(key_handle key) const {
    return key ? head_in(key.payload).count : 0;
  }

 protected:
  item_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
             segment_host& host, std::uint32_t item_head_size);

  [[nodiscard]] static item_head& head_in(char* payload) {
    return *reinterpret_cast<item_head*>(payload);
  }

  std::size_t write_block(const segment& s, arena::ref block, std::string& out) const final;
  [[nodiscard]] std::uint8_t& flags_of(const segment& s, arena::ref block) const final {
    return item_at(s, block)->flags;
  }
  void all_blocks(const segment& s, std::vector<arena::ref>& out) const final;
  void release_block(segment& s, arena::ref block) final;
  [[nodiscard]] arena::ref find_block(segment& s, const delta_key& key) final;
  [[nodiscard]] result<arena::ref> restore_block(segment& s, const delta_key& key,
                                                 std::string_view value) final;
  void erase_block(segment& s, arena::ref block) final;
  void expire(segment& s, timestamp_ms now) final;
  void purge() final;

  // What the kinds do in their own way, off the hot paths.
  [[nodiscard]] virtual arena::ref find_item(segment& s, char* head, std::string_view sub) = 0;
  /// Puts a new item where it belongs by its sub-key.
  virtual void link_item(segment& s, char* head, arena::ref block) = 0;
  virtual void unlink_item(segment& s, char* head, arena::ref block) = 0;
  virtual void items_of(const segment& s, const char* head, std::vector<arena::ref>& out) const = 0;
  /// False for sub-keys that a kind cannot have written.
  [[nodiscard]] virtual bool valid_sub(std::string_view) const { return true; }

  template <class Item = item>
  [[nodiscard]] Item* item_at(const segment& s, arena::ref block) const {
    return reinterpret_cast<Item*>(s.store.at(block));
  }
  [[nodiscard]] char* sub_bytes(const item* at) const {
    return reinterpret_cast<char*>(const_cast<item*>(at)) + item_head_;
  }
  [[nodiscard]] std::string_view sub_of(const item* at) const {
    return {sub_bytes(at), at->sub_size};
  }
  [[nodiscard]] std::string_view value_of(const item* at) const {
    return {sub_bytes(at) + at->sub_size, at->value_size};
  }
  [[nodiscard]] std::size_t item_size(std::size_t sub_size, std::size_t value_size) const {
    return item_head_ + sub_size + value_size + (expires_ ? 8 : 0);
  }
  [[nodiscard]] char* head_of(const segment& s, const item* at) const {
    return entry_at(s, at->owner)->payload();
  }
  /// A new item of a key, not linked yet; `value` may be null for zero bytes. It is counted.
  arena::ref add_item(segment& s, char* head, std::string_view sub, const char* value,
                      std::size_t value_size);
  /// Replaces the value in place if the block is large enough; else false.
  [[nodiscard]] bool overwrite(segment& s, item* at, std::string_view value);
  /// Uncounts an item that was unlinked, gives its block back and looks after a key left empty.
  void forget_item(segment& s, char* head, arena::ref block);

  void set_time(segment& s, item* at) const;
  [[nodiscard]] timestamp_ms time_of(const item* at) const;
  /// Items written at or before this time have expired; the smallest time without TTL.
  [[nodiscard]] timestamp_ms horizon() const {
    return expires_ ? context_.time->now() - spec_.ttl_ms : INT64_MIN;
  }
  [[nodiscard]] bool alive(const item* at, timestamp_ms horizon) const {
    return !expires_ || time_of(at) > horizon;
  }

  std::uint32_t item_head_;
  std::vector<char*> empty_keys_;  ///< payloads of keys to look at in `purge`

 private:
  template <class Step>
  void locate_batch(const key_batch& keys, Step&& step);
  [[nodiscard]] key_handle handle_of(const segment& s, arena::ref block) const;
  [[nodiscard]] char* insert_key(segment& s, const key_view& key);
  char* add_key(segment& s, const key_view& key);
  void watch_empty(char* head);
  void put_time(segment& s, item* at, timestamp_ms written) const;
};

}  // namespace millrace::tables
