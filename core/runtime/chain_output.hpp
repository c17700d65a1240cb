#pragma once

#include "core/data/element.hpp"
#include "core/operators/operator.hpp"

#include <cstdint>
#include <limits>

namespace millrace::runtime {

/// Steady microseconds for "never".
inline constexpr std::int64_t never_us = std::numeric_limits<std::int64_t>::max();

/// Where a chain ends: an exchange to other tasks, a sink's writer, or the session.
///
/// Used by the chain's task only. `emit` and `signal` may be called although it is `full` (at most
/// one batch beyond).
class chain_output {
 public:
  virtual ~chain_output() = default;
  [[nodiscard]] virtual result<void> emit(const data::batch_ptr& batch) = 0;
  /// Watermark, idleness, barrier, latency marker or end of input, in order with the batches.
  [[nodiscard]] virtual result<void> signal(const data::element& what) = 0;
  [[nodiscard]] virtual bool full() const = 0;
  /// Although it is full it takes some more, so that an unaligned barrier gets through: rows that
  /// leave in front of the barrier become part of the reader's snapshot.
  [[nodiscard]] virtual bool lends() const { return false; }
  /// Sends on what was kept back to make bigger batches: the task has nothing else to do.
  virtual result<void> flush() { return {}; }
  /// When the output wants `flush`; where it is full, when it wants to be asked again.
  [[nodiscard]] virtual std::int64_t deadline_us() const { return never_us; }
  virtual void close() {}
};

}  // namespace millrace::runtime
