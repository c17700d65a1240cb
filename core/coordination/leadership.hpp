#pragma once

#include "core/base/clock.hpp"
#include "core/coordination/leader_election.hpp"

#include <cstdint>

namespace millrace::coordination {

/// Whether a coordinator leads, told the rounds of an election.
///
/// Sans-I/O; one per process. Times are steady milliseconds. A round that was won holds for the
/// term, counted from the moment it was asked for and less a tenth, for clocks run differently.
/// Whoever has led and does not any more is lost for good: another may lead by then, so the process
/// has to end, and a new one may stand again.
class leadership {
 public:
  enum class standing : std::uint8_t { candidate, leader, lost };

  /// `term_ms` as `leader_election` gives it.
  explicit leadership(std::int64_t term_ms) : term_ms_(term_ms) {}

  standing on_round(timestamp_ms asked_at, const election_round& round);
  /// To be called at `leads_until`.
  standing on_time(timestamp_ms now);

  [[nodiscard]] standing now() const { return standing_; }
  /// Of the election that was won; 0 for a candidate.
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  /// The leader's last moment, unless another round is won; `max_watermark`: none.
  [[nodiscard]] timestamp_ms leads_until() const { return until_; }
  /// Between the end of a round and the next.
  [[nodiscard]] std::int64_t pause_ms() const;

 private:
  std::int64_t term_ms_;
  standing standing_ = standing::candidate;
  std::uint64_t epoch_ = 0;
  timestamp_ms until_ = max_watermark;
};

}  // namespace millrace::coordination
