#pragma once

#include "core/base/clock.hpp"
#include "core/base/strong_id.hpp"

#include <cstdint>
#include <optional>
#include <set>

namespace millrace::coordination {

/// What the job master has to do for its checkpoints.
struct checkpoint_order {
  enum class kind : std::uint8_t {
    none,
    trigger,   ///< ask the sources for a barrier of `id`
    complete,  ///< every task has acknowledged `id`: make it durable, then tell the tasks
    abort,     ///< tell the tasks to forget `id`
  };
  kind what = kind::none;
  checkpoint_id id{};
};

/// Decides when checkpoints start, are complete, or are given up.
///
/// Sans-I/O: told the time, triggers and acknowledgements; one checkpoint at a time. A task that
/// has finished counts as having acknowledged (FLIP-147). Used by the job master.
class checkpoint_coordinator {
 public:
  /// `interval_ms` 0: only on demand. `timeout_ms`: how long acknowledgements may take.
  checkpoint_coordinator(std::uint32_t tasks, std::int64_t interval_ms, std::int64_t timeout_ms);

  /// Asked for by a user or a test; waits for the one in flight.
  [[nodiscard]] checkpoint_order on_demand(timestamp_ms now);
  [[nodiscard]] checkpoint_order on_time(timestamp_ms now);
  /// Acknowledgements of other checkpoints than the one in flight are ignored.
  [[nodiscard]] checkpoint_order on_acknowledged(std::uint32_t task, checkpoint_id id);
  [[nodiscard]] checkpoint_order on_task_finished(std::uint32_t task);
  /// A task, or the storage, could not do its part.
  [[nodiscard]] checkpoint_order on_declined(checkpoint_id id);

  [[nodiscard]] bool in_flight() const { return pending_.has_value(); }
  [[nodiscard]] checkpoint_id last_complete() const { return last_complete_; }
  /// When `on_time` has something to do; `max_watermark` for never.
  [[nodiscard]] timestamp_ms next_time() const;

 private:
  [[nodiscard]] checkpoint_order start(timestamp_ms now);
  [[nodiscard]] checkpoint_order check();

  std::uint32_t tasks_;
  std::int64_t interval_ms_;
  std::int64_t timeout_ms_;
  std::optional<checkpoint_id> pending_;
  checkpoint_id newest_{};
  checkpoint_id last_complete_{};
  timestamp_ms started_ = min_watermark;
  bool demanded_ = false;
  std::set<std::uint32_t> missing_;
  std::set<std::uint32_t> finished_;
};

}  // namespace millrace::coordination
