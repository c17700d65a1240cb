#pragma once

#include "core/base/result.hpp"

#include <string>

namespace millrace::state {

/// The lock of a job's folder, held while the object lives (and no longer than the process does:
/// flock). Not inherited by child processes.
class job_lock {
 public:
  /// Errors: state_locked, naming the process that holds it; state_io.
  [[nodiscard]] static result<job_lock> take(const std::string& path);
  job_lock(job_lock&& other) noexcept;
  job_lock& operator=(job_lock&&) = delete;
  ~job_lock();

 private:
  explicit job_lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace millrace::state
