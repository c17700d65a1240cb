// The calls that are replaced. Everything below runs in a process that knows nothing of it.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace live_faults {

namespace {

/// What the test has switched on.
struct switches {
  std::atomic<std::int64_t> clock_seconds;
  std::atomic<std::int64_t> disk_full;
};

// The real call of this name.
template <class Call>
Call* real(const char* name) {
  return reinterpret_cast<Call*>(::dlsym(RTLD_NEXT, name));
}

// Off for ever when the process has no file of them.
const switches& mapped() {
  static const switches none{0, 0};
  static const switches* const shared = [] {
    const char* file = std::getenv("LIVE_FAULTS");
    const int from =
        file == nullptr ? -1 : real<int(const char*, int, ...)>("open")(file, O_RDONLY | O_CLOEXEC);
    void* at =
        from < 0 ? MAP_FAILED : ::mmap(nullptr, sizeof(switches), PROT_READ, MAP_SHARED, from, 0);
    return at == MAP_FAILED ? &none : static_cast<const switches*>(at);
  }();
  return *shared;
}

std::int64_t seconds_off(clockid_t which) {
  const bool wall = which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE;
  return wall ? mapped().clock_seconds.load(std::memory_order_relaxed) : 0;
}

bool is_below(std::string_view path) {
  const char* listed = std::getenv("LIVE_FAULTS_BELOW");
  std::string_view folders = listed == nullptr ? "" : listed;
  while (!folders.empty()) {
    const std::string_view one = folders.substr(0, folders.find(':'));
    if (path.starts_with(one)) return true;
    folders.remove_prefix(one.size());
    if (!folders.empty()) folders.remove_prefix(1);
  }
  return false;
}

bool no_room(const char* path) {
  if (mapped().disk_full.load(std::memory_order_relaxed) == 0 || !is_below(path)) return false;
  errno = ENOSPC;
  return true;
}

bool no_room(int descriptor) {
  if (mapped().disk_full.load(std::memory_order_relaxed) == 0) return false;
  char name[4096];
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  const auto n = ::readlink(link.c_str(), name, sizeof name - 1);
  if (n <= 0) return false;
  name[n] = 0;
  return no_room(name);
}

int open_file(const char* path, int flags, mode_t mode) {
  static const auto next = real<int(const char*, int, ...)>("open");
  const bool makes = (flags & O_CREAT) != 0 && ::access(path, F_OK) != 0;
  return makes && no_room(path) ? -1 : next(path, flags, mode);
}

}  // namespace

}  // namespace live_faults

using live_faults::no_room;
using live_faults::real;

extern "C" {

int clock_gettime(clockid_t which, timespec* to) {
  static const auto next = real<int(clockid_t, timespec*)>("clock_gettime");
  const int done = next(which, to);
  if (done == 0) to->tv_sec += live_faults::seconds_off(which);
  return done;
}

int gettimeofday(timeval* to, void* zone) {
  static const auto next = real<int(timeval*, void*)>("gettimeofday");
  const int done = next(to, zone);
  if (done == 0) to->tv_sec += live_faults::seconds_off(CLOCK_REALTIME);
  return done;
}

time_t time(time_t* to) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (to != nullptr) *to = now.tv_sec;
  return now.tv_sec;
}

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : mode_t{0};
  va_end(more);
  return live_faults::open_file(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : mode_t{0};
  va_end(more);
  return live_faults::open_file(path, flags, mode);
}

int mkdir(const char* path, mode_t mode) {
  static const auto next = real<int(const char*, mode_t)>("mkdir");
  return no_room(path) ? -1 : next(path, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static const auto next = real<ssize_t(int, const void*, size_t)>("write");
  return no_room(descriptor) ? -1 : next(descriptor, bytes, size);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t at) {
  static const auto next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return no_room(descriptor) ? -1 : next(descriptor, bytes, size, at);
}

}  // extern "C"
