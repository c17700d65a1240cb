#pragma once

#include "core/base/result.hpp"

#include <string>

namespace millrace::cli {

/// Writes a line with the time before it to standard error. Any thread.
void log_line(const std::string& line);

/// Says why a process ends, and gives the exit code for that.
[[nodiscard]] int fail(const error& why);

}  // namespace millrace::cli
