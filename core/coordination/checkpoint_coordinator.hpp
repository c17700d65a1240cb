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
    store,     ///< every task has acknowledged `id`: make it durable, then call `on_stored`
    complete,  ///< `id` is durable: commit, then tell the tasks
    abort,     ///< tell the tasks to forget `id`
  };
  kind what = kind::none;
  checkpoint_id id{};
};

/// When checkpoints are taken and given up. Milliseconds; Flink's option names stand behind.
struct checkpoint_rules {
  std::int64_t interval_ms = 0;       ///< 0: only on demand; execution.checkpointing.interval
  std::int64_t timeout_ms = 600'000;  ///< how long acknowledgements may take; .timeout
  std::int64_t min_pause_ms = 0;      ///< between the end of one and the next; .min-pause
  /// Failures in a row that the job survives; none: any number. .tolerable-failed-checkpoints
  std::optional<std::int64_t> tolerable_failures = std::nullopt;
};

/// Decides when checkpoints start, are complete, or are given up.
///
/// Sans-I/O: told the time, triggers and acknowledgements; one checkpoint at a time. A task that
/// has finished counts as having acknowledged (FLIP-147). Used by the job master.
class checkpoint_coordinator {
 public:
  /// Ids go on above `newest`.
  checkpoint_coordinator(std::uint32_t tasks, checkpoint_rules rules, checkpoint_id newest = {});

  /// Asked for by a user or a test; waits for the one in flight.
  [[nodiscard]] checkpoint_order on_demand(timestamp_ms now);
  [[nodiscard]] checkpoint_order on_time(timestamp_ms now);
  /// Acknowledgements of other checkpoints than the one in flight are ignored.
  [[nodiscard]] checkpoint_order on_acknowledged(std::uint32_t task, checkpoint_id id);
  [[nodiscard]] checkpoint_order on_task_finished(std::uint32_t task);
  /// The checkpoint is durable.
  [[nodiscard]] checkpoint_order on_stored(checkpoint_id id, timestamp_ms now);
  /// A task, or the storage, could not do its part.
  [[nodiscard]] checkpoint_order on_declined(checkpoint_id id, timestamp_ms now);
  /// All tasks have finished: one last checkpoint holds what they did since the one before. Call it
  /// when none is in flight.
  [[nodiscard]] checkpoint_order on_end(timestamp_ms now);

  [[nodiscard]] bool in_flight() const { return pending_.has_value(); }
  /// One was asked for while another was in flight: `on_time` starts it.
  [[nodiscard]] bool demanded() const { return demanded_; }
  /// The one in flight, or the one before it.
  [[nodiscard]] checkpoint_id newest() const { return newest_; }
  [[nodiscard]] checkpoint_id last_complete() const { return last_complete_; }
  /// More checkpoints in a row have failed than the rules tolerate.
  [[nodiscard]] bool failed_too_often() const;
  /// When `on_time` has something to do; `max_watermark` for never.
  [[nodiscard]] timestamp_ms next_time() const;

 private:
  [[nodiscard]] checkpoint_order start(timestamp_ms now);
  [[nodiscard]] checkpoint_order check();

  std::uint32_t tasks_;
  checkpoint_rules rules_;
  std::optional<checkpoint_id> pending_;
  bool storing_ = false;  // the one in flight has all acknowledgements
  checkpoint_id newest_;
  checkpoint_id last_complete_{};
  timestamp_ms started_ = min_watermark;
  timestamp_ms settled_ = min_watermark;
  std::int64_t failures_ = 0;  // in a row
  bool demanded_ = false;
  std::set<std::uint32_t> missing_;
  std::set<std::uint32_t> finished_;
};

}  // namespace millrace::coordination
