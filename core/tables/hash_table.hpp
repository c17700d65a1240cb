#pragma once

#include "core/data/blob_slot.hpp"
#include "core/tables/keyed_table.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::tables {

/// Key -> payload of typed slots: aggregates, deduplication, join sides with a unique join key.
///
/// A payload is `payload_size()` bytes, aligned to 16, zero when its key is inserted; slot i starts
/// at `slot_offset(i)`. It never moves: a pointer is valid until its key is erased or expires, or
/// the table set spills, restores or is destroyed. Bytes of blob slots belong to the segment:
/// change them through `heap_of` only; they are released with the key.
///
/// Writing: `find_or_insert*` and `find_mutable*` mark the keys dirty for the next checkpoint, so
/// the payloads may be changed until the next call of the table set. After `find*` call
/// `mark_dirty` before changing anything.
class hash_table final : public keyed_table {
 public:
  [[nodiscard]] std::uint32_t payload_size() const { return payload_size_; }
  [[nodiscard]] std::uint32_t slot_offset(std::size_t slot) const { return slot_offsets_[slot]; }

  /// For every key of the batch its payload, inserting zeros for new keys; `inserted[i]` is 1 when
  /// key i was new (only for its first row in the batch). Both spans have `keys.count()` entries.
  void find_or_insert(const key_batch& keys, std::span<char*> payloads,
                      std::span<std::uint8_t> inserted);
  /// For every key its payload or null.
  void find(const key_batch& keys, std::span<const char*> payloads);
  /// As `find`, for changing what is found.
  void find_mutable(const key_batch& keys, std::span<char*> payloads);

  /// `inserted` may be null.
  char* find_or_insert(const key_view& key, bool* inserted = nullptr);
  [[nodiscard]] const char* find(const key_view& key);
  [[nodiscard]] char* find_mutable(const key_view& key);

  /// Removes the key of a payload. The pointer is dead at once: erase a key that several rows of a
  /// batch share only once.
  void erase(char* payload);
  /// False when the key is not there.
  bool erase(const key_view& key);
  /// Announces a change of a payload that `find` or `scan` gave.
  void mark_dirty(char* payload);

  /// Owner of the payload's blob slots.
  [[nodiscard]] data::blob_heap& heap_of(const char* payload);
  /// Key of a payload; valid as long as the payload.
  [[nodiscard]] key_view key_of(const char* payload) const;

  /// The next payloads in an order that stands while nothing is inserted; 0 at the end. Everything
  /// in memory is scanned, cold key groups are not. `end`: the segment (key group, from the first
  /// of the range) to stop in front of.
  [[nodiscard]] std::uint32_t scan(table_cursor& at, std::span<char*> payloads,
                                   std::uint32_t end = UINT32_MAX);
  /// Removes every key.
  void clear();

 private:
  friend class table_set;
  hash_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
             segment_host& host);

  std::size_t write_block(const segment& s, arena::ref block, std::string& out) const override;
  [[nodiscard]] std::uint8_t& flags_of(const segment& s, arena::ref block) const override;
  void all_blocks(const segment& s, std::vector<arena::ref>& out) const override;
  void release_block(segment& s, arena::ref block) override;
  [[nodiscard]] arena::ref find_block(segment& s, const delta_key& key) override;
  [[nodiscard]] result<arena::ref> restore_block(segment& s, const delta_key& key,
                                                 std::string_view value) override;
  void erase_block(segment& s, arena::ref block) override;
  void expire(segment& s, timestamp_ms now) override;

  // Write time of an entry, only with TTL.
  [[nodiscard]] timestamp_ms time_of(const key_entry* e) const;
  void set_time(segment& s, key_entry* e, timestamp_ms now) const;
  [[nodiscard]] bool expired(const key_entry* e, timestamp_ms now) const {
    return time_of(e) <= now - spec_.ttl_ms;
  }
  [[nodiscard]] timestamp_ms now() const { return expires_ ? context_.time->now() : 0; }
  [[nodiscard]] std::uint32_t probed_bytes(const key_batch& keys) const;
  void reset(segment& s, key_entry* e);
  [[nodiscard]] char* visible(const segment& s, arena::ref block, timestamp_ms now) const;
  char* for_writing(segment& s, arena::ref block, timestamp_ms now, bool& inserted);
  [[nodiscard]] bool read_value(segment& s, char* payload, std::string_view value) const;

  std::vector<std::uint32_t> slot_offsets_;
  std::vector<std::uint32_t> blob_offsets_;
};

}  // namespace millrace::tables
