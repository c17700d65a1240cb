#pragma once

#include "core/data/column.hpp"
#include "core/tables/key_codec.hpp"
#include "core/tables/timer_queue.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// Keys whose timers of one time have been popped together, so that they are worked on in batches.
/// Owned by a window operator; empty between its calls.
class due_keys {
 public:
  explicit due_keys(std::vector<data::data_type> key_types)
      : types_(std::move(key_types)), decoder_(types_) {}

  /// Pops at most `limit` timers of the queue's next time.
  void pop(tables::timer_queue& timers, std::uint32_t limit);
  void clear();
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(keys_.size()); }
  [[nodiscard]] timestamp_ms time() const { return time_; }
  [[nodiscard]] const tables::key_view& operator[](std::size_t i) const { return keys_[i]; }
  [[nodiscard]] std::span<const std::uint64_t> hashes() const { return hashes_; }
  /// The key columns, one row per key.
  [[nodiscard]] std::vector<data::column_ptr> columns() const;

 private:
  std::vector<data::data_type> types_;
  tables::key_decoder decoder_;
  timestamp_ms time_ = 0;
  std::vector<char> bytes_;
  std::vector<tables::key_view> keys_;
  std::vector<std::uint64_t> hashes_;
};

}  // namespace millrace::operators
