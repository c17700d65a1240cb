#pragma once

#include "core/base/local_paths.hpp"

#include <string>
#include <vector>

namespace millrace::cli {

/// Lets SQL use local paths below `roots` only; any, where there are none and all is on loopback.
/// Called before any SQL is taken. Errors: those of `confine_local_paths`.
[[nodiscard]] inline result<void> confine(const std::vector<std::string>& roots, bool on_loopback) {
  if (on_loopback && roots.empty()) return {};
  return confine_local_paths(roots);
}

}  // namespace millrace::cli
