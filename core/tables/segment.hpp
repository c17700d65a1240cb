#pragma once

#include "core/data/blob_slot.hpp"
#include "core/tables/arena.hpp"
#include "core/tables/key_index.hpp"

#include <atomic>
#include <cstdint>
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
  explicit segment(memory_budget* budget) : keys(budget), items(budget), store(budget) {}

  enum class residence : std::uint8_t { resident, cold };

  key_index keys;
  key_index items;  ///< map tables: items of keys that have many
  arena store;
  segment_heap heap{store};
  std::vector<arena::ref> dirty;  ///< entries or items whose dirty bit was set since the freeze
  std::vector<char> tombstones;   ///< u32 size + delta key, since the freeze
  /// Set while a checkpoint still needs this segment's dirty entries: the first write after a
  /// freeze, or the writer's thread, copies them out first (see `frozen_delta`).
  std::atomic<frozen_segment*> frozen{nullptr};
  std::uint64_t sequence = 0;             ///< next sequence number of a sorted table
  std::uint64_t rows = 0;                 ///< entries (hash) or items (others)
  std::int64_t oldest_write = INT64_MAX;  ///< with TTL: no write time is older
  std::uint32_t last_used = 0;            ///< the set's use counter
  residence where = residence::resident;

  [[nodiscard]] std::size_t bytes() const { return keys.bytes() + items.bytes() + store.bytes(); }
};

}  // namespace millrace::tables
