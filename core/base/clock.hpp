#pragma once

#include <atomic>
#include <cstdint>

namespace millrace {

/// Milliseconds since 1970-01-01 00:00:00 UTC. Event time and processing time both count in it.
using timestamp_ms = std::int64_t;

/// No event time has been seen yet.
inline constexpr timestamp_ms min_watermark = INT64_MIN;
/// All event time is over: what an ended input counts as.
inline constexpr timestamp_ms max_watermark = INT64_MAX;

/// The only source of time. Port: the system's clock in production, a hand-set one in tests.
/// Implementations are safe to call from any thread.
class clock {
 public:
  virtual ~clock() = default;
  /// Wall time for processing-time semantics, milliseconds since 1970 UTC.
  [[nodiscard]] virtual timestamp_ms now() const = 0;
  /// Never goes back; for durations, microseconds.
  [[nodiscard]] virtual std::int64_t steady_us() const = 0;
};

/// The clock of the operating system.
[[nodiscard]] const clock& system_clock();

/// Stands still until a test moves it.
class manual_clock final : public clock {
 public:
  explicit manual_clock(timestamp_ms start = 0) : now_(start) {}
  void advance(std::int64_t ms) { now_ += ms; }
  void set(timestamp_ms t) { now_ = t; }
  [[nodiscard]] timestamp_ms now() const override { return now_; }
  [[nodiscard]] std::int64_t steady_us() const override { return now_ * 1000; }

 private:
  std::atomic<timestamp_ms> now_;
};

}  // namespace millrace
