#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::testing {

/// A way to run every SQL test: same script, same result.
struct slt_mode {
  std::string name;
  option_map options;               ///< set before the script starts
  bool barrier_after_feed = false;  ///< a checkpoint after every `feed` and `watermark`
  bool crash = false;               ///< a crash and a restart after every checkpoint
  /// Parallelism of the attempts after a crash, in turn; empty: as before.
  std::vector<std::uint32_t> rescale;
  bool keeps_order = true;  ///< rows arrive in the order that the plain mode has
};

/// Reads `tests/sql/modes.json`. Errors: 1002.
[[nodiscard]] result<std::vector<slt_mode>> parse_modes(std::string_view json);

}  // namespace millrace::testing
