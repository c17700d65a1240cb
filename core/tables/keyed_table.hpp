#pragma once

#include "core/base/result.hpp"
#include "core/tables/delta.hpp"
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
  friend class frozen_delta;

  keyed_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
              std::uint32_t payload_size, bool entry_has_time);

  // What a kind of table does by itself; once per segment, never per row of a batch.
  /// Delta key of a dirty block is appended to `key`, its value to `value`.
  virtual void write_block(const segment& s, arena::ref block, std::string& key,
                           std::string& value) const = 0;
  [[nodiscard]] virtual std::uint8_t& flags_of(segment& s, arena::ref block) const = 0;
  virtual void all_blocks(const segment& s, std::vector<arena::ref>& out) const = 0;
  /// The block that holds a delta key, or null.
  [[nodiscard]] virtual arena::ref find_block(segment& s, std::string_view delta_key) = 0;
  /// Puts an entry that comes from a delta.
  [[nodiscard]] virtual result<void> restore_entry(segment& s, const delta_entry& entry) = 0;
  virtual void erase_entry(segment& s, std::string_view delta_key) = 0;
  /// Removes what has expired at `now`.
  virtual void expire(segment& s, timestamp_ms now) = 0;
  /// Keys without items whose removal was put off.
  virtual void purge() {}

  std::vector<std::unique_ptr<segment>> segments_;
  table_spec spec_;
  table_context context_;
  std::uint16_t ordinal_;
  std::uint32_t payload_size_;
  std::uint32_t key_offset_;  // of the key bytes in an entry
};

}  // namespace millrace::tables
