#pragma once

#include "core/base/clock.hpp"
#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::tables {

/// Timers by (time, key): each pair once. Stored per key group, popped in one global order: time,
/// then key group, hash and key. Always in memory.
class timer_queue final : protected sorted_table {
 public:
  using sorted_table::memory_bytes;
  using sorted_table::ordinal;
  using sorted_table::spec;

  /// False when the pair was already there.
  bool add(timestamp_ms at, const key_view& key);
  /// False when the pair was not there.
  bool erase(timestamp_ms at, const key_view& key);
  [[nodiscard]] bool contains(timestamp_ms at, const key_view& key);

  /// The earliest time, `max_watermark` when there is none.
  [[nodiscard]] timestamp_ms next_time();
  /// Takes the first timer with time <= `until` out. Its key's bytes are valid until the next call
  /// of `pop`. False when none is due.
  bool pop(timestamp_ms until, timestamp_ms& at, key_view& key);
  [[nodiscard]] std::uint64_t size() const { return row_count(); }

 private:
  friend class table_set;
  timer_queue(table_spec spec, std::uint16_t ordinal, const table_context& context,
              segment_host& host);

  void segments_changed() override { stale_ = true; }
  [[nodiscard]] bool valid_sub(std::string_view sub) const override;
  /// Encodes a timer to `order_`; gives the key group's index.
  std::uint32_t encode(timestamp_ms at, const key_view& key);
  [[nodiscard]] key_view group_key(std::uint32_t index) const;
  /// Reads the first time of a key group anew.
  void refresh(std::uint32_t index);
  void find_earliest();

  std::vector<timestamp_ms> first_;  ///< by key group; `max_watermark` for none
  std::uint32_t earliest_ = 0;       ///< the group of the earliest timer
  bool stale_ = true;                ///< `first_` has to be read from the segments
  std::string order_;
  std::string popped_;
};

}  // namespace millrace::tables
