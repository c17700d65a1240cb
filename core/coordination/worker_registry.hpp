#pragma once

#include "core/base/clock.hpp"
#include "core/coordination/control_messages.hpp"
#include "core/coordination/placement.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::coordination {

/// A worker that the coordinator knows to be alive.
struct known_worker {
  std::uint32_t id = 0;  ///< of this life of it; never used again
  std::string name;
  std::string control_endpoint;
  std::string data_endpoint;
  std::uint32_t slots = 1;
  std::uint32_t used = 0;  ///< slots that jobs hold
  bool draining = false;   ///< gives no slots any more
  timestamp_ms heard = 0;
};

/// What a greeting makes of the worker.
struct admission {
  std::uint32_t id = 0;
  /// The worker of the same name before: dead now, with all that ran there.
  std::optional<std::uint32_t> replaced = std::nullopt;
};

/// Knows the workers of a cluster: who is there, who is silent, and whose slots which job holds.
///
/// Sans-I/O; one per leader, used by the resource manager (Flink's ResourceManager, FLIP-6). Its
/// time is steady milliseconds, so that a wall clock that is set does no harm. A worker that it
/// calls dead is forgotten with its slots: a message of it with the old id is nobody's, and it has
/// to greet again.
class worker_registry {
 public:
  /// A worker that says nothing for that long is dead (`heartbeat.timeout`).
  explicit worker_registry(std::int64_t timeout_ms = 2000) : timeout_ms_(timeout_ms) {}

  /// A worker is there. Under a name that is known it has started again.
  [[nodiscard]] admission on_greeting(const worker_greeting& greeting, timestamp_ms now);
  /// Anything was heard of it. False: it is not known (any more).
  bool on_heartbeat(std::uint32_t worker, timestamp_ms now);
  /// Its connection broke: it is dead at once. False: it was not known.
  bool on_link_down(std::uint32_t worker);
  /// The workers that have become dead by silence. When nobody asked for more than half of the
  /// time-out, the coordinator itself stood still and had no ears: that time does not count. So ask
  /// at every `next_time`.
  [[nodiscard]] std::vector<std::uint32_t> on_time(timestamp_ms now);
  /// When `on_time` is to be called next, four times per time-out; `max_watermark` without workers.
  [[nodiscard]] timestamp_ms next_time() const;

  /// No new slots of it, or again. False: it is not known.
  bool set_draining(std::uint32_t worker, bool draining);
  [[nodiscard]] const known_worker* find(std::uint32_t worker) const;
  [[nodiscard]] const known_worker* find(std::string_view name) const;
  /// By id, which is the order in which they came.
  [[nodiscard]] const std::map<std::uint32_t, known_worker>& workers() const { return workers_; }

  /// Slots that jobs may take.
  [[nodiscard]] std::vector<slot_offer> offers() const;
  /// The job holds the slots of a placement made of `offers`; what it held before is released.
  void allocate(const std::string& job, const job_placement& placement);
  void release(const std::string& job);
  /// Jobs that hold slots of the worker, in the order of their names.
  [[nodiscard]] std::vector<std::string> jobs_on(std::uint32_t worker) const;
  /// The slots that a job holds, by worker; nothing of dead ones.
  [[nodiscard]] std::map<std::uint32_t, std::uint32_t> slots_of(const std::string& job) const;

 private:
  void forget(std::uint32_t worker);

  std::int64_t timeout_ms_;
  std::uint32_t last_id_ = 0;
  std::optional<timestamp_ms> asked_;  // the last `on_time`
  std::map<std::uint32_t, known_worker> workers_;
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
  std::map<std::string, std::map<std::uint32_t, std::uint32_t>> held_;  // job -> worker -> slots
};

}  // namespace millrace::coordination
