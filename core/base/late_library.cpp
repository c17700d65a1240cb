#include "core/base/late_library.hpp"

#include <dlfcn.h>

namespace millrace {

late_library::late_library(const char* file) : handle_(::dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) trouble_ = ::dlerror();
}

void* late_library::symbol(const char* name) {
  if (handle_ == nullptr) return nullptr;
  void* const found = ::dlsym(handle_, name);
  if (found == nullptr && trouble_.empty()) trouble_ = std::string("it lacks ") + name;
  return found;
}

}  // namespace millrace
