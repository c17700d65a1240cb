#pragma once

#include "core/base/result.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace millrace::state {

/// A folder for files that do not outlive this process, locked while it lives.
///
/// Owner: the engine. Life: `make` removes what dead processes left beside it; the destructor
/// removes the folder. Thread safe.
class spill_directory {
 public:
  /// Makes `parent/millrace-spill-XXXXXX`. Errors: state_io when the parent cannot be written.
  [[nodiscard]] static result<std::unique_ptr<spill_directory>> make(const std::string& parent);
  ~spill_directory();
  spill_directory(const spill_directory&) = delete;
  spill_directory& operator=(const spill_directory&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// A path in it that nothing has yet.
  [[nodiscard]] std::string next();

 private:
  spill_directory(std::string path, int lock);

  std::string path_;
  int lock_;  // of the file that shows that the owner lives
  std::atomic<std::uint64_t> made_{0};
};

}  // namespace millrace::state
