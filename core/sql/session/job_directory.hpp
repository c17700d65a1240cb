#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::sql {

/// A job as SHOW JOBS tells of it.
struct listed_job {
  std::string id;
  std::string name;
  std::string status;           ///< as Flink names it: RUNNING, FINISHED, ...
  std::int64_t started_ms = 0;  ///< since 1970
};

/// The jobs that the statements of a session may name. Port: belongs to what runs them and outlives
/// the session; used on the session's thread.
class job_directory {
 public:
  virtual ~job_directory() = default;
  /// All jobs, ended ones too, in the order of their start.
  [[nodiscard]] virtual std::vector<listed_job> list() const = 0;
  /// Stops a job and waits for its end; with a savepoint gives its path. Errors: 1005 for an id
  /// that is not listed, a job that has ended, and a savepoint of a job without checkpoints; 6xxx.
  [[nodiscard]] virtual result<std::string> stop(const std::string& id, bool savepoint) = 0;
};

}  // namespace millrace::sql
