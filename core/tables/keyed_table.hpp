#pragma once

#include "core/base/assert.hpp"
#include "core/base/result.hpp"
#include "core/tables/delta_key.hpp"
#include "core/tables/key_batch.hpp"
#include "core/tables/segment.hpp"
#include "core/tables/table_context.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace millrace::tables {

/// A place in a scan over all keys: stable while nothing is inserted (erasing is allowed).
/// The default is the beginning.
struct table_cursor {
  std::uint32_t segment = 0;
  std::uint32_t position = 0;
};

/// Names a key of a list, map or sorted table without hashing it again. Null: the key is not there.
/// Valid until the next `locate*` call on the table or call of the table set; it survives the
/// removal of the key's last item, and other writes.
struct key_handle {
  char* payload = nullptr;
  explicit operator bool() const { return payload != nullptr; }
  friend bool operator==(const key_handle&, const key_handle&) = default;
};

/// What a table asks of the set that holds it.
class segment_host {
 public:
  virtual ~segment_host() = default;
  /// Reads a cold key group at once.
  virtual void load_now(std::uint32_t segment) = 0;
  /// Reads a key of a group that is not in memory at once, unless it was loaded before: the way out
  /// when an operator did not prefetch.
  virtual void load_key_now(std::uint32_t segment, std::uint64_t hash) = 0;
  std::uint32_t use_clock = 0;
};

/// What all tables with a key have in common: a segment per key group, each an index over entries
/// that never move. Tables are made and driven by `table_set`; operators use the derived classes,
/// on the task's thread.
///
/// A write to a segment that a checkpoint still needs copies the segment's dirty entries out first;
/// so freeze costs nothing and a table is never copied as a whole.
class keyed_table {
 public:
  virtual ~keyed_table();
  keyed_table(const keyed_table&) = delete;
  keyed_table& operator=(const keyed_table&) = delete;

  [[nodiscard]] const table_spec& spec() const { return spec_; }
  [[nodiscard]] std::uint16_t ordinal() const { return ordinal_; }
  /// Keys in memory (hash), else items; expired ones that were not met yet count.
  [[nodiscard]] std::uint64_t row_count() const;
  [[nodiscard]] std::size_t memory_bytes() const;

 protected:
  friend class table_set;
  friend struct frozen_segment;
  friend struct set_state;

  keyed_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
              segment_host& host, std::uint32_t payload_size, bool entry_has_time);

  // What a kind of table does by itself, off the hot path. A *block* is what one delta entry stands
  // for: the entry of a key (hash), or an item.
  /// Appends the delta key and behind it the value to `out`; gives the size of the key.
  virtual std::size_t write_block(const segment& s, arena::ref block, std::string& out) const = 0;
  [[nodiscard]] virtual std::uint8_t& flags_of(const segment& s, arena::ref block) const = 0;
  virtual void all_blocks(const segment& s, std::vector<arena::ref>& out) const = 0;
  /// Gives the memory of an unlinked block back.
  virtual void release_block(segment& s, arena::ref block) = 0;
  /// The block of a delta key, or null.
  [[nodiscard]] virtual arena::ref find_block(segment& s, const delta_key& key) = 0;
  /// Puts an entry of a delta; gives its block. Errors: state_corrupt.
  [[nodiscard]] virtual result<arena::ref> restore_block(segment& s, const delta_key& key,
                                                         std::string_view value) = 0;
  virtual void erase_block(segment& s, arena::ref block) = 0;
  /// Removes what has expired at `now` and sets `oldest_write` anew.
  virtual void expire(segment& s, timestamp_ms now) = 0;
  /// Removes keys without items, whose removal was put off.
  virtual void purge() {}
  /// Called when segments were replaced: what was remembered about them is void.
  virtual void segments_changed() {}

  [[nodiscard]] segment& segment_of(std::uint64_t hash) {
    const std::uint32_t i = context_.range.group_of(hash) - context_.range.first;
    MILLRACE_ASSERT(i < segments_.size());
    segment& s = *segments_[i];
    s.last_used = host_.use_clock;
    return s;
  }
  [[nodiscard]] segment& segment_of(const char* payload) {
    return *segments_[key_entry::of(payload)->segment];
  }
  [[nodiscard]] const segment& segment_of(const char* payload) const {
    return *segments_[key_entry::of(payload)->segment];
  }
  [[nodiscard]] std::uint32_t group_of(const segment& s) const;
  /// Before a key is looked up.
  void before_read(segment& s, std::uint64_t hash) {
    if (s.guarded) load_key(s, hash);
  }
  void before_write(segment& s, std::uint64_t hash) {
    if (!s.guarded) return;
    load_key(s, hash);
    before_write(s);
  }
  /// Before anything in the segment changes; its keys are those that were looked up.
  void before_write(segment& s) {
    if (s.guarded) lift_guard(s);
  }
  void load_key(segment& s, std::uint64_t hash);
  void lift_guard(segment& s);

  void note_change(segment& s, arena::ref block, std::uint8_t& flags) {
    if ((flags & entry_flag::dirty) != 0 || !context_.track_changes) return;
    flags |= entry_flag::dirty;
    s.dirty.push_back(block);
  }
  /// Forgets an unlinked block: tombstone if some delta holds it, memory at once or with the sweep.
  void drop_block(segment& s, arena::ref block);
  /// Releases removed blocks that the list of dirty ones still names.
  void sweep(segment& s);

  [[nodiscard]] key_entry* entry_at(const segment& s, arena::ref block) const {
    return reinterpret_cast<key_entry*>(s.store.at(block));
  }
  [[nodiscard]] const char* key_bytes(const key_entry* e) const {
    return reinterpret_cast<const char*>(e) + key_offset_;
  }
  [[nodiscard]] std::size_t entry_size(const key_entry* e) const {
    return key_offset_ + e->key_size;
  }
  /// A new entry with a zero payload, in the index.
  arena::ref add_entry(segment& s, std::uint32_t index, const key_view& key);
  [[nodiscard]] arena::ref find_entry(const segment& s, const key_view& key) const;
  /// Takes an entry out of the index.
  void unlink_entry(segment& s, key_entry* e);
  [[nodiscard]] arena::ref block_of(const segment& s, const key_entry* e) const;
  [[nodiscard]] key_view view_of(const key_entry* e) const {
    return {e->hash, key_bytes(e), e->key_size, e->nulls};
  }

  std::vector<std::unique_ptr<segment>> segments_;
  table_spec spec_;
  table_context context_;
  segment_host& host_;
  std::uint16_t ordinal_;
  std::uint32_t payload_size_;  ///< a multiple of 8
  std::uint32_t key_offset_;    ///< of the key bytes in an entry
  bool expires_;
};

}  // namespace millrace::tables
