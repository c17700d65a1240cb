#pragma once

#include "core/base/clock.hpp"
#include "core/runtime/channel.hpp"
#include "core/runtime/credit_book.hpp"
#include "core/runtime/overtaken_rows.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::runtime {

/// How far a channel's event time was followed.
struct event_time {
  timestamp_ms time = min_watermark;
  bool idle = false;
};

/// The next thing a task works on.
struct gate_event {
  channel_id channel;
  input_id input;
  data::element what;
};

/// The only queue of a task: one FIFO per channel, bounded by the credit the gate grants.
///
/// Takes turns among channels that have something and are not blocked, so that no channel starves.
/// Neighbouring small batches of one channel are joined when that is cheap, so that wide exchanges
/// and slow feeds do not make the operators work row by row. Not thread safe: the task's.
class input_gate {
 public:
  struct channel {
    input_id input;                          ///< of the operator at the chain's head
    std::unique_ptr<channel_reader> reader;  ///< grants go there; null in tests without credit
    std::uint32_t writer = 0;                ///< the sending subtask
    /// Unaligned barriers pass the rows in front of them; on forward and broadcast edges they wait
    /// their turn, since what such channels carry cannot be dealt out again.
    bool overtakes = true;
  };
  input_gate(std::vector<channel> channels, credit_limits limits, std::uint32_t batch_rows);

  void push(channel_id from, parcel p);
  /// The next element, and its bytes granted again; nothing when all channels are empty or blocked.
  [[nodiscard]] std::optional<gate_event> next();

  /// The newest barrier that has arrived, taken or not, of those that may overtake.
  [[nodiscard]] const std::optional<data::barrier>& announced() const { return announced_; }
  [[nodiscard]] bool overtakes(channel_id which) const { return channels_[which.value].overtakes; }
  /// The barrier passes now. From here on the gate keeps what it overtakes: on every channel all
  /// that came or comes in front of it. `known(c)`: how far channel c's event time was followed.
  void overtake(checkpoint_id barrier, const std::function<event_time(channel_id)>& known);
  [[nodiscard]] overtaken_rows& overtaken() { return overtaken_; }
  [[nodiscard]] const overtaken_rows& overtaken() const { return overtaken_; }

  /// Leaving all elements where they are stops nobody: no sender waits for credit or has ended, and
  /// unaligned barriers need not come to the front.
  [[nodiscard]] bool may_hold() const;

  /// Holds a channel back during an alignment, or lets it go on.
  void set_blocked(channel_id which, bool blocked);
  [[nodiscard]] bool has_next() const { return !turns_.empty(); }
  [[nodiscard]] std::uint32_t channel_count() const {
    return static_cast<std::uint32_t>(channels_.size());
  }
  [[nodiscard]] std::vector<input_id> inputs() const;
  /// Bytes of the batches waiting.
  [[nodiscard]] std::int64_t queued_bytes() const { return queued_bytes_; }
  /// Bytes of the batches that were taken.
  [[nodiscard]] std::uint64_t taken_bytes() const { return taken_bytes_; }

 private:
  struct lane {
    input_id input;
    std::unique_ptr<channel_reader> reader;
    bool overtakes = true;
    std::deque<parcel> queue;
    bool blocked = false;
    bool in_turns = false;
    bool ended = false;  // its end has arrived
  };
  void enter_turns(std::uint32_t index);
  [[nodiscard]] data::element take(std::uint32_t index);
  void consumed(std::uint32_t index, std::int64_t bytes);

  std::vector<lane> channels_;
  std::deque<std::uint32_t> turns_;  // channels with something to give, each once
  credit_book credit_;
  std::int64_t exclusive_bytes_;
  overtaken_rows overtaken_;
  std::optional<data::barrier> announced_;
  std::uint32_t batch_rows_;
  std::int64_t queued_bytes_ = 0;
  std::uint64_t taken_bytes_ = 0;
};

}  // namespace millrace::runtime
