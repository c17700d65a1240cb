#pragma once

#include "core/base/clock.hpp"
#include "core/coordination/control_messages.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::coordination {

/// Where a job of a cluster stands, over all its attempts (`job_status` is of one).
enum class job_phase : std::uint8_t {
  created,     ///< submitted; waits for slots or is being deployed
  running,     ///< every task of its newest attempt runs
  restarting,  ///< an attempt has failed, the next is to come
  cancelling,  ///< the user wants its end
  finished,
  cancelled,
  failed
};

[[nodiscard]] constexpr bool has_ended(job_phase p) { return p >= job_phase::finished; }

/// As Flink's REST API names it: `CREATED`, `RUNNING`, `CANCELED`, ...
[[nodiscard]] std::string_view to_text(job_phase phase);

/// Why an attempt ended before its time.
struct job_exception {
  timestamp_ms at = 0;  ///< wall clock
  attempt_number attempt = 0;
  std::string worker;  ///< where it came from; empty: from no worker
  error cause;
  std::string task = {};  ///< `Calc -> Sink: t (2)`, subtasks counted from 0; empty: from no task
};

/// All that a cluster knows of a job when no task of it runs; what a new leader starts with.
struct job_entry {
  std::string name;           ///< need not be unique
  job_definition definition;  ///< with its id
  std::string savepoint;      ///< that its first attempt goes on from; empty: none
  job_phase phase = job_phase::created;
  attempt_number attempt = 0;  ///< the newest; 0: never deployed
  std::uint32_t restarts = 0;
  timestamp_ms submitted_at = 0;          ///< wall clock, as the two below
  timestamp_ms started_at = 0;            ///< first ran; 0: never
  timestamp_ms ended_at = 0;              ///< 0: not yet
  std::vector<job_exception> exceptions;  ///< oldest first; the last `kept_exceptions`
};

inline constexpr std::size_t kept_exceptions = 16;

}  // namespace millrace::coordination
