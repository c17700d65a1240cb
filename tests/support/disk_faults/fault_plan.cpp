#include "tests/support/disk_faults/fault_plan.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace disk_faults {

namespace {

[[noreturn]] void reject(const std::string& text) {
  std::fprintf(stderr, "DISK_FAULTS is '%s', which is not call:errno:first[-last]\n", text.c_str());
  std::_Exit(99);
}

int reason_of(const std::string& name) {
  if (name == "EIO") return EIO;
  return name == "ENOSPC" ? ENOSPC : 0;
}

}  // namespace

fault_plan::fault_plan(const std::string& text) {
  if (text.empty()) return;
  const auto a = text.find(':');
  const auto b = text.find(':', a + 1);
  if (b == std::string::npos) reject(text);
  call_ = text.substr(0, a);
  reason_ = reason_of(text.substr(a + 1, b - a - 1));
  char* end = nullptr;
  first_ = last_ = std::strtoull(text.c_str() + b + 1, &end, 10);
  if (*end == '-') last_ = end[1] == 0 ? UINT64_MAX : std::strtoull(end + 1, &end, 10);
  if (reason_ == 0 || first_ == 0) reject(text);
}

int fault_plan::next(const std::string& call) {
  const std::uint64_t number = ++made_[call];
  return call == call_ && number >= first_ && number <= last_ ? reason_ : 0;
}

}  // namespace disk_faults
