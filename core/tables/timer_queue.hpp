#pragma once

#include "core/base/clock.hpp"
#include "core/tables/keyed_table.hpp"

#include <cstdint>
#include <string>

namespace millrace::tables {

/// Timers by (time, key): each pair once. Stored per key group, popped in one global order: time,
/// then key group, hash and key. Always in memory.
class timer_queue final : public keyed_table {
 public:
  /// False when the pair was already there.
  bool add(timestamp_ms at, const key_view& key);
  /// False when the pair was not there.
  bool erase(timestamp_ms at, const key_view& key);
  [[nodiscard]] bool contains(timestamp_ms at, const key_view& key) const;

  /// The earliest time, `max_watermark` when there is none.
  [[nodiscard]] timestamp_ms next_time() const;
  /// Takes the first timer with time <= `until` out. Its key's bytes are valid until the next call
  /// of `pop`. False when none is due.
  bool pop(timestamp_ms until, timestamp_ms& at, key_view& key);
  [[nodiscard]] std::uint64_t size() const { return row_count(); }

 private:
  friend class table_set;
  timer_queue(table_spec spec, std::uint16_t ordinal, const table_context& context);

  std::string popped_;
};

}  // namespace millrace::tables
