#include "core/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace millrace {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr,
               "error 9001: assertion failed: %s (%s:%d)\n  hint: this is a bug in millrace\n",
               condition, file, line);
  std::abort();
}

}  // namespace millrace
