#pragma once

#include "core/data/blob_slot.hpp"
#include "core/tables/arena.hpp"
#include "core/tables/key_index.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace millrace::tables {

struct frozen_segment;

/// Head of a key's entry; behind it lie the payload (16 bytes on), with TTL in a hash table the
/// write time, and the key bytes.
struct key_entry {
  std::uint64_t hash;
  std::uint32_t key_size;
  std::uint16_t segment;  ///< index within the table
  std::uint8_t nulls;
  std::uint8_t flags;

  [[nodiscard]] char* payload() { return reinterpret_cast<char*>(this) + sizeof(key_entry); }
  [[nodiscard]] static key_entry* of(const char* payload) {
    return reinterpret_cast<key_entry*>(const_cast<char*>(payload) - sizeof(key_entry));
  }
};
static_assert(sizeof(key_entry) == 16);

/// Bits of `key_entry::flags` and `item::flags`.
namespace entry_flag {
inline constexpr std::uint8_t dirty = 1;      ///< differs from what the last delta said
inline constexpr std::uint8_t persisted = 2;  ///< some delta holds it: erasing leaves a tombstone
inline constexpr std::uint8_t doomed = 4;     ///< a key without items, waits for its removal
inline constexpr std::uint8_t dead = 8;       ///< removed, but `segment::dirty` still names it
}  // namespace entry_flag

/// Variable bytes of a segment's blob slots, in the segment's arena.
class segment_heap final : public data::blob_heap {
 public:
  explicit segment_heap(arena& store) : store_(store) {}
  void reserve(data::blob_slot& slot, std::uint32_t capacity) override;
  void release(data::blob_slot& slot) override;

 private:
  arena& store_;
};

/// The part of a table that belongs to one key group. Grows, freezes, spills and is restored by
/// itself. Belongs to its table; used on the task's thread, but for `frozen_segment`'s lock.
struct segment {
  explicit segment(memory_budget* budget) : keys(budget), store(budget), items(budget) {}

  key_index keys;
  arena store;
  /// Look closer before touching it: cold, or frozen and perhaps not copied out yet.
  bool guarded = false;
  bool cold = false;
  bool partial = false;         ///< of a key group whose loaded keys alone are here
  std::uint32_t last_used = 0;  ///< the set's use counter
  std::uint64_t rows = 0;       ///< entries (hash) or items (others)
  std::uint64_t sequence = 0;   ///< next sequence number of a sorted table
  key_index items;              ///< map tables: items of keys that have many
  segment_heap heap{store};
  std::vector<arena::ref> dirty;          ///< blocks whose dirty bit was set since the freeze
  std::size_t dead = 0;                   ///< of them, those removed since
  std::string tombstones;                 ///< u32 size + delta key, since the freeze
  std::int64_t oldest_write = INT64_MAX;  ///< with TTL: no write time is older
  std::int64_t next_expiry_scan = INT64_MIN;
  /// Set while a checkpoint still needs this segment's dirty blocks: the first write after a
  /// freeze, or the writer's thread, copies them out first (see `frozen_segment`).
  std::atomic<frozen_segment*> frozen{nullptr};

  [[nodiscard]] std::size_t bytes() const { return keys.bytes() + items.bytes() + store.bytes(); }
  /// Forgets everything but `guarded`, `cold` and `partial`.
  void clear();
  /// Becomes what `other` is, in place; clean of marks. `other` is empty afterwards.
  void take(segment& other);
};

}  // namespace millrace::tables
