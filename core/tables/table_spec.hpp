#pragma once

#include "core/base/strong_id.hpp"
#include "core/data/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::tables {

enum class table_kind : std::uint8_t { hash, map, list, sorted, timers, task };

/// One part of a hash table's payload. `fixed`: plain bytes, zero on insert. `blob`: a
/// `data::blob_slot` (16 bytes) whose bytes the segment owns.
enum class slot_kind : std::uint8_t { fixed, blob };
struct slot_spec {
  slot_kind kind = slot_kind::fixed;
  std::uint32_t width = 8;  ///< bytes
  [[nodiscard]] static slot_spec bytes(std::uint32_t width) { return {slot_kind::fixed, width}; }
  [[nodiscard]] static slot_spec blob() { return {slot_kind::blob, 16}; }
  friend bool operator==(const slot_spec&, const slot_spec&) = default;
};

/// What an operator declares of one state table. Stored with every checkpoint, so that
/// `millrace state` can show rows and a changed query can find its columns again.
struct table_spec {
  /// Unique within the operator.
  std::string name;
  /// Set by the call that opens the table.
  table_kind kind = table_kind::hash;
  /// Types of the key, empty for the one global key. Not for `task`.
  std::vector<data::data_type> key_types;
  /// `hash` only: the payload. Slot i lies behind slot i-1, each width rounded up to 8; the payload
  /// itself is aligned to 16. A 128-bit value is only sure to be aligned to 8: read it with memcpy.
  std::vector<slot_spec> slots;
  /// Types of a sub-key (`map`) and of a row (`list`, `map`, `sorted`) where they are encoded by
  /// `row_codec`; for display and type changes only, the tables treat them as bytes.
  std::vector<data::data_type> sub_key_types;
  std::vector<data::data_type> value_types;
  /// Milliseconds after the last write of an entry (`hash`: key; others: item) until it vanishes; 0
  /// keeps it for ever. Reading does not refresh. Not for `timers` and `task`.
  std::int64_t ttl_ms = 0;
  /// `sorted` only: rows come by `insert`, which appends a sequence number to their order bytes.
  bool sequenced = false;
  /// Never spilled. Timers always are resident.
  bool resident = false;
};

/// The key groups [first, first + count) that a task owns, of `max_parallelism` in all.
struct key_range {
  std::uint32_t first = 0;
  std::uint32_t count = 128;
  std::uint32_t max_parallelism = 128;

  [[nodiscard]] bool contains(std::uint32_t group) const {
    return group >= first && group - first < count;
  }
  [[nodiscard]] std::uint32_t group_of(std::uint64_t hash) const {
    return (max_parallelism & (max_parallelism - 1)) == 0
               ? static_cast<std::uint32_t>(hash) & (max_parallelism - 1)
               : static_cast<std::uint32_t>(hash % max_parallelism);
  }
  /// The range of one subtask: the groups g with g * parallelism / max_parallelism == subtask.
  /// Source: Flink's KeyGroupRangeAssignment.
  [[nodiscard]] static key_range of_subtask(std::uint32_t subtask, std::uint32_t parallelism,
                                            std::uint32_t max_parallelism) {
    const auto begin = (subtask * max_parallelism + parallelism - 1) / parallelism;
    const auto end = ((subtask + 1) * max_parallelism + parallelism - 1) / parallelism;
    return {begin, end - begin, max_parallelism};
  }
};

}  // namespace millrace::tables
