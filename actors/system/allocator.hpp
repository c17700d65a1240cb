#pragma once

namespace millrace::actors {

/// Has jemalloc, where the program is linked with it, give freed pages back at once instead of
/// keeping them for seconds: a process with a memory limit needs them counted out. Call it before
/// other threads start.
void give_pages_back();

}  // namespace millrace::actors
