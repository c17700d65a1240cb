#pragma once

#include "core/base/result.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace millrace::cli {

/// Processes of this program with other words on the command line; they end with this one, however
/// it ends.
class child_processes {
 public:
  child_processes() = default;
  ~child_processes() { stop(); }
  child_processes(const child_processes&) = delete;
  child_processes& operator=(const child_processes&) = delete;

  /// Errors: 9001 when the system has no process left.
  [[nodiscard]] result<void> start(const std::vector<std::string>& words);
  /// Asks all of them to end and waits until they have.
  void stop();

 private:
  std::vector<pid_t> running_;
};

}  // namespace millrace::cli
