#pragma once

#include "core/runtime/channel_state.hpp"

#include <cstdint>
#include <vector>

namespace millrace::runtime {

/// Keeps what one barrier has overtaken, until it has come through every channel of a gate.
///
/// Sans-I/O; used by the gate. `begin`, per channel `keep` what waits and `watch` it while the
/// barrier is still to come; `on_element` for all that arrives; `take` when `complete`. What
/// belongs to no snapshot (barriers, the end of input, which its sender tells again) is left out.
/// Source: Flink's ChannelStatePersister.
class overtaken_rows {
 public:
  /// `channels[c]`: input and writer of channel c, without elements.
  explicit overtaken_rows(std::vector<channel_state> channels);

  /// Forgets what was kept before.
  void begin(checkpoint_id barrier);
  void keep(channel_id channel, const data::element& what);
  /// The barrier has not come through this channel yet.
  void watch(channel_id channel);
  void on_element(channel_id channel, const data::element& what);
  /// The checkpoint was given up.
  void cancel();

  [[nodiscard]] bool complete() const { return watched_ == 0; }
  /// Channels with elements; once. Nothing at all when no row was under way.
  [[nodiscard]] std::vector<channel_state> take();

 private:
  checkpoint_id barrier_{};
  std::vector<channel_state> channels_;
  std::vector<bool> watching_;
  std::uint32_t watched_ = 0;
};

}  // namespace millrace::runtime
