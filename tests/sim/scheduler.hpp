#pragma once

#include "actors/system/engine.hpp"
#include "core/base/clock.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/held_io.hpp"
#include "tests/sim/trace.hpp"

#include <cstdint>

namespace millrace::sim {

/// Decides who goes next: an actor with a message, or a piece of blocking work. Now and then one
/// actor hardly gets a turn for a while: a slow task, channel or disk. One thread.
class scheduler {
 public:
  /// `ordered`: who came first goes first.
  scheduler(dice throws, bool ordered, trace& steps);

  [[nodiscard]] actors::engine& engine() { return engine_; }
  [[nodiscard]] actors::io_pool& io() { return io_; }
  [[nodiscard]] const clock& time() const { return time_; }
  [[nodiscard]] bool idle() const { return engine_.runnable() + io_.held() == 0; }

  /// Lets one of them do one thing. Not when idle.
  void step();
  /// Moves every clock on.
  void pass_time(std::int64_t ms);

 private:
  [[nodiscard]] std::size_t choose();

  dice dice_;
  bool ordered_;
  trace& trace_;
  manual_clock time_;
  held_io io_;  // the engine's actors refer to it: outlives them
  actors::engine engine_;
  std::uint64_t slow_ = 0;
};

}  // namespace millrace::sim
