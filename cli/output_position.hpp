#pragma once

#include "core/base/result.hpp"

#include <string>

namespace millrace::cli {

/// How far stdout is, when it is a regular file: `DEVICE:INODE:BYTES`, of what was flushed, which
/// is on disk then. Empty for terminals and pipes, which take nothing back, and for a disk that
/// fails.
[[nodiscard]] std::string output_position();

/// Cuts stdout where it was at `position`. Does nothing when it is another file now, or shorter.
/// Errors: 4001.
[[nodiscard]] result<void> rewind_output(const std::string& position);

}  // namespace millrace::cli
