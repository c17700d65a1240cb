#include "state/storage/job_lock.hpp"

#include "state/storage/file_io.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

namespace millrace::state {

namespace {

// Who wrote its number into the lock's file; only for the message.
std::string holder_of(int descriptor) {
  char text[32] = {};
  const auto n = ::pread(descriptor, text, sizeof text - 1, 0);
  const int number = n > 0 ? std::atoi(text) : 0;
  return number > 0 ? fmt::format("process {}", number) : std::string("another process");
}

}  // namespace

result<job_lock> job_lock::take(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return io_error("open", path);
  job_lock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return io_error("lock", path);
    return make_error(state_locked, fmt::format("'{}' is held by {}", path, holder_of(descriptor)),
                      "wait until the other run has ended, or give this one another directory");
  }
  // Of one length, so that it covers what an earlier process wrote.
  const std::string number = fmt::format("{:<10}", ::getpid());
  if (::pwrite(descriptor, number.data(), number.size(), 0) < 0) return io_error("write", path);
  return lock;
}

// flock itself waits without end: whoever holds the lock may stand still.
result<job_lock> job_lock::take_within(const std::string& path, std::int64_t patience_ms) {
  constexpr std::chrono::milliseconds pause(2);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  for (;;) {
    auto taken = take(path);
    if (taken || taken.error().code != state_locked) return taken;
    if (std::chrono::steady_clock::now() >= deadline) {
      return make_error(errc::state_io, taken.error().message,
                        "it is held for moments only: look whether that process stands still");
    }
    std::this_thread::sleep_for(pause);
  }
}

bool job_lock::is_at(const std::string& path) const {
  struct stat named {};
  struct stat held {};
  if (::stat(path.c_str(), &named) != 0 || ::fstat(descriptor_, &held) != 0) return false;
  return named.st_dev == held.st_dev && named.st_ino == held.st_ino;
}

job_lock::job_lock(job_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

job_lock::~job_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace millrace::state
