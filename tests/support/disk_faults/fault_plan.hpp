#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace disk_faults {

/// Which calls fail: `call:errno:first[-last]` (README.md). Not thread safe.
class fault_plan {
 public:
  /// Ends the process when `text` is of another form. Empty: nothing fails.
  explicit fault_plan(const std::string& text);

  /// Counts one more call of this name; gives the errno it fails with, 0 for none.
  [[nodiscard]] int next(const std::string& call);

 private:
  std::string call_;
  int reason_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::map<std::string, std::uint64_t> made_;
};

}  // namespace disk_faults
