#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace millrace::state {

/// The lock of a folder, held while the object lives (and no longer than the process does:
/// flock). Not inherited by child processes.
class job_lock {
 public:
  /// Errors: state_locked, naming the process that holds it; state_io.
  [[nodiscard]] static result<job_lock> take(const std::string& path);
  /// Of a lock that nobody holds for longer than a moment: waits for it. Errors: state_io, also
  /// when another has held it for `patience_ms`.
  [[nodiscard]] static result<job_lock> take_within(const std::string& path,
                                                    std::int64_t patience_ms);
  /// Whether `path` still names the file that is locked.
  [[nodiscard]] bool is_at(const std::string& path) const;
  job_lock(job_lock&& other) noexcept;
  job_lock& operator=(job_lock&&) = delete;
  ~job_lock();

 private:
  explicit job_lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace millrace::state
