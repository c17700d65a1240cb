#pragma once

#include "core/base/strong_id.hpp"

#include <cstdint>
#include <vector>

namespace millrace::runtime {

/// What the gate does after a barrier came.
enum class alignment_action : std::uint8_t {
  ignore,    ///< the barrier is dropped, the channel goes on
  block,     ///< the channel waits for the others
  complete,  ///< every channel has delivered it: forward the barrier, all channels go on
};

/// Lets a barrier through only when every live channel has delivered it (Chandy-Lamport alignment),
/// or earlier, when it `overtake`s.
///
/// Sans-I/O: fed by the task, returns what to do. One per gate, used by its task only.
/// Ended channels count as having delivered every barrier. After `cancel(c)` elements of checkpoint
/// `c` pass freely. Source: Flink documentation, "Stateful Stream Processing", exactly-once.
class barrier_aligner {
 public:
  explicit barrier_aligner(std::uint32_t channels);

  /// A barrier older than the newest seen, or of a cancelled checkpoint, is dropped (`ignore`),
  /// never an error: it belongs to an aborted checkpoint. A newer one ends the alignment of the
  /// older: ask `blocked` again for every channel.
  [[nodiscard]] alignment_action on_barrier(channel_id from, checkpoint_id barrier);
  /// `complete` when the ended channel was the last one missing.
  [[nodiscard]] alignment_action on_end(channel_id channel);
  /// The coordinator gave the checkpoint up: whoever waits goes on.
  void cancel(checkpoint_id barrier);
  /// The barrier has passed without waiting: where it still comes, it is dropped.
  void overtake(checkpoint_id barrier) { cancel(barrier); }

  [[nodiscard]] bool aligning() const { return aligning_; }
  [[nodiscard]] checkpoint_id current() const { return newest_; }
  /// The barrier has neither passed nor been cancelled nor been replaced by a newer one.
  [[nodiscard]] bool awaits(checkpoint_id barrier) const {
    return barrier > newest_ || (barrier == newest_ && aligning_);
  }
  /// The channel has delivered the barrier, or has ended.
  [[nodiscard]] bool delivered(channel_id channel, checkpoint_id barrier) const {
    return ended_[channel.value] || (newest_ == barrier && arrived_[channel.value]);
  }
  [[nodiscard]] bool blocked(channel_id channel) const {
    return aligning_ && arrived_[channel.value];
  }

 private:
  [[nodiscard]] alignment_action check();

  std::vector<bool> arrived_;
  std::vector<bool> ended_;
  checkpoint_id newest_{};  // the first checkpoint is 1
  bool aligning_ = false;
};

}  // namespace millrace::runtime
