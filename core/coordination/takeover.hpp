#pragma once

#include "core/base/clock.hpp"
#include "core/coordination/control_messages.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace millrace::coordination {

/// An attempt that went on without a coordinator, put together from what its workers have of it.
struct adopted_attempt {
  deploy_order order;
  checkpoint_id newest{};                   ///< the largest id that a worker has heard of
  std::vector<attempt_report::part> parts;  ///< by task
};

/// Waits for the workers of one attempt to come back to a new leader, and says whether it can go
/// on.
///
/// Sans-I/O; one per job that ran when its leader was lost, used by the dispatcher. An attempt goes
/// on when every worker and task of it is reported, the tasks run or have finished, and are of the
/// plan that the job has now. Else what is left of it is stopped, and when that has ended, or after
/// another grace time, the job starts again from its newest checkpoint. Times are steady
/// milliseconds.
class takeover {
 public:
  enum class verdict : std::uint8_t {
    wait,
    adopt,    ///< call `adopted`
    stop,     ///< tell `workers` to stop the attempt
    restart,  ///< deploy the job anew
  };

  takeover(attempt_number attempt, std::string plan_digest, timestamp_ms now,
           std::int64_t grace_ms);

  /// A worker has come back with its part. Later ones of the same worker are ignored.
  [[nodiscard]] verdict on_report(const std::string& worker, attempt_report report);
  /// A task has ended on the worker after that was told to stop.
  [[nodiscard]] verdict on_ended(std::uint32_t task);
  [[nodiscard]] verdict on_worker_gone(const std::string& worker);
  [[nodiscard]] verdict on_time(timestamp_ms now);

  [[nodiscard]] bool has_reported(const std::string& worker) const {
    return workers_.contains(worker);
  }
  [[nodiscard]] const std::set<std::string>& workers() const { return workers_; }
  /// After `adopt`; once.
  [[nodiscard]] adopted_attempt adopted();

 private:
  [[nodiscard]] bool fits(const std::string& worker, const attempt_report& report) const;
  void take(const std::string& worker, attempt_report& report);
  [[nodiscard]] verdict judge();
  [[nodiscard]] verdict stop();

  attempt_number attempt_;
  std::string plan_digest_;
  std::int64_t grace_ms_;
  timestamp_ms now_;
  timestamp_ms deadline_;
  bool fit_ = true;
  bool whole_ = false;
  bool stopping_ = false;
  std::set<std::string> workers_;  // that have reported
  deploy_order order_;             // as the first of them has it
  checkpoint_id newest_{};
  std::map<std::uint32_t, attempt_report::part> parts_;
  std::map<std::uint32_t, std::string> running_;  // workers of tasks that have not ended
};

}  // namespace millrace::coordination
