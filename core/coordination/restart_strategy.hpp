#pragma once

#include "core/base/clock.hpp"
#include "core/base/config.hpp"
#include "core/base/error.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>

namespace millrace::coordination {

/// A second start can help: whatever comes from data, tasks, connectors or machines, as in Flink,
/// which restarts on all but a few errors. Not what will be the same again: errors of configuration
/// and SQL (1xxx, 2xxx), unknown connectors, state that another process holds, that is not there or
/// that the query cannot take; nor a cancellation.
[[nodiscard]] bool is_worth_a_restart(errc code);

/// Decides after each failure of a job when it starts again, or that it does not.
///
/// Sans-I/O; one per job, kept over its attempts, used by the job master. The strategies, their
/// options and defaults are Flink's. Source: Flink documentation, "Task Failure Recovery" and
/// "Configuration", Job Restart.
class restart_strategy {
 public:
  /// Reads `restart-strategy.type` and what belongs to it. Without a type: `exponential-delay` when
  /// the job takes checkpoints, else `none`. `seed` is of the jitter. Errors: 1002.
  [[nodiscard]] static result<restart_strategy> from_options(const option_map& options,
                                                             bool checkpointing,
                                                             std::uint64_t seed = 0);

  /// The job has failed with an error that `is_worth_a_restart`. Gives the milliseconds to wait
  /// until it starts again; nothing: give up. `now` counts milliseconds and never goes back.
  [[nodiscard]] std::optional<std::int64_t> on_failure(timestamp_ms now);

 private:
  struct never {};
  struct fixed_delay {
    std::int64_t attempts = 1;
    std::int64_t delay_ms = 1000;
    std::int64_t failures = 0;
  };
  struct exponential_delay {
    std::int64_t initial_ms = 1000;
    std::int64_t most_ms = 60'000;
    double multiplier = 1.5;
    std::int64_t reset_after_ms = 3'600'000;
    double jitter = 0.1;
    std::int64_t attempts = INT32_MAX;
    std::int64_t failures = 0;  // since the last reset
    std::int64_t backoff_ms = 0;
    timestamp_ms restart_at = min_watermark;
    std::uint64_t random = 0;
  };
  struct failure_rate {
    std::int64_t most = 1;
    std::int64_t interval_ms = 60'000;
    std::int64_t delay_ms = 1000;
    std::deque<timestamp_ms> failures{};
  };
  using kind = std::variant<never, fixed_delay, exponential_delay, failure_rate>;
  explicit restart_strategy(kind k) : kind_(std::move(k)) {}

  [[nodiscard]] static result<kind> read_fixed(const option_reader& read);
  [[nodiscard]] static result<kind> read_exponential(const option_reader& read, std::uint64_t seed);
  [[nodiscard]] static result<kind> read_rate(const option_reader& read);
  [[nodiscard]] static std::optional<std::int64_t> failed(never& state, timestamp_ms now);
  [[nodiscard]] static std::optional<std::int64_t> failed(fixed_delay& state, timestamp_ms now);
  [[nodiscard]] static std::optional<std::int64_t> failed(exponential_delay& state,
                                                          timestamp_ms now);
  [[nodiscard]] static std::optional<std::int64_t> failed(failure_rate& state, timestamp_ms now);

  kind kind_;
};

}  // namespace millrace::coordination
