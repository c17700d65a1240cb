#include "cli/memory_option.hpp"

#include "core/base/config.hpp"

#include <cstdio>

namespace millrace::cli {

namespace {

// Below that not even one batch per task finds room.
constexpr std::int64_t least_memory = 64 << 20;

}  // namespace

bool read_memory(const std::string& text, std::int64_t& bytes) {
  if (text.empty()) return true;
  const auto size = parse_size_bytes(text);
  if (size.ok() && *size >= least_memory) {
    bytes = *size;
    return true;
  }
  std::fprintf(stderr, "error 1005: --memory is '%s', allowed are sizes from 64m on (512m, 4g)\n",
               text.c_str());
  return false;
}

}  // namespace millrace::cli
