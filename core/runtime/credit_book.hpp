#pragma once

#include "core/base/strong_id.hpp"

#include <cstdint>
#include <vector>

namespace millrace::runtime {

/// How much a gate lets its senders send, in bytes.
struct credit_limits {
  std::int64_t exclusive = 32 << 10;  ///< per channel, always there
  std::int64_t floating = 4 << 20;    ///< shared by the channels of a gate that are busy
};

/// Keeps the credit of a gate: a small exclusive part per channel and a floating pool, so that the
/// memory of a job grows with its tasks, not with its channels.
///
/// Sans-I/O: told what arrives and what was consumed, returns what to grant. Used by the gate's
/// task. A sender may go below zero by one batch, so bytes in the gate never exceed
/// `channels * (exclusive + one batch) + floating`. A channel keeps what it was lent while that
/// much waits in the gate, so that a busy sender goes on as soon as something is consumed.
class credit_book {
 public:
  credit_book(std::uint32_t channels, credit_limits limits);

  /// What every sender starts with, without being told.
  [[nodiscard]] std::int64_t initial() const { return limits_.exclusive; }
  /// A batch came in. Gives the bytes to grant now: the batch's own, as far as the pool reaches.
  [[nodiscard]] std::int64_t on_arrival(channel_id channel, std::int64_t bytes);
  /// A batch was taken out of the gate. Gives the bytes to grant now; small amounts are saved up,
  /// but never so long that a sender could starve.
  [[nodiscard]] std::int64_t on_consumed(channel_id channel, std::int64_t bytes);
  /// Bytes of the pool not lent out.
  [[nodiscard]] std::int64_t floating_left() const { return floating_; }

 private:
  struct entry {
    std::int64_t queued = 0;  // bytes in the gate
    std::int64_t lent = 0;    // granted from the pool beyond the exclusive part; at most `queued`
    std::int64_t owed = 0;    // bytes consumed and not granted yet
  };
  [[nodiscard]] std::int64_t settle(entry& e);

  credit_limits limits_;
  std::int64_t floating_;
  std::vector<entry> channels_;
};

}  // namespace millrace::runtime
