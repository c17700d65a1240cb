#pragma once

#include "core/operators/due_pieces.hpp"
#include "core/tables/fwd.hpp"
#include "core/tables/timer_queue.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::operators {

/// Timers that have been popped together, over all times up to a watermark, so that their keys are
/// worked on in batches. Owned by an operator; empty between its calls.
class due_timers {
 public:
  /// Pops at most `limit` timers with time <= `until`, in their order, and asks for the key groups
  /// of their keys: `done` when they are there to be worked on, `need_state` while they are not.
  [[nodiscard]] piece next(tables::timer_queue& timers, timestamp_ms until, std::uint32_t limit,
                           tables::table_set& state);
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(keys_.size()); }
  [[nodiscard]] timestamp_ms time(std::size_t i) const { return times_[i]; }
  [[nodiscard]] const tables::key_view& key(std::size_t i) const { return keys_[i]; }
  [[nodiscard]] std::span<const std::uint64_t> hashes() const { return hashes_; }

 private:
  void pop(tables::timer_queue& timers, timestamp_ms until, std::uint32_t limit);

  bool waiting_ = false;  // for the state of what was popped
  std::vector<char> bytes_;
  std::vector<tables::key_view> keys_;
  std::vector<timestamp_ms> times_;
  std::vector<std::uint64_t> hashes_;
};

}  // namespace millrace::operators
