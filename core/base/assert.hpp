#pragma once

namespace millrace {

/// Prints where an assertion failed and ends the process: the state can no longer be trusted.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace millrace

/// For bugs only, kept in release builds. What a test can raise from outside must be an error
/// instead.
#define MILLRACE_ASSERT(condition) \
  ((condition) ? (void)0 : ::millrace::assertion_failed(#condition, __FILE__, __LINE__))
