#include "actors/system/allocator.hpp"

#include <sys/types.h>

#include <cstddef>
#include <initializer_list>

extern "C" int mallctl(const char* name, void* old_value, std::size_t* old_size, void* new_value,
                       std::size_t new_size) __attribute__((weak));

namespace millrace::actors {

void give_pages_back() {
  if (mallctl == nullptr) return;
  ssize_t at_once = 0;
  for (const char* name : {"arenas.dirty_decay_ms", "arenas.muzzy_decay_ms",
                           "arena.0.dirty_decay_ms", "arena.0.muzzy_decay_ms"}) {
    mallctl(name, nullptr, nullptr, &at_once, sizeof at_once);
  }
}

}  // namespace millrace::actors
