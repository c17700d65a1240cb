// The calls that are replaced. Everything below runs in a process that knows nothing of it.
#include "tests/support/disk_faults/entry_journal.hpp"
#include "tests/support/disk_faults/fault_plan.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <random>

namespace disk_faults {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The real call of this name.
template <class Call>
Call* real(const char* name) {
  return reinterpret_cast<Call*>(::dlsym(RTLD_NEXT, name));
}

// Its own calls, and those of a thread that is in one already, are not its business.
thread_local bool inside = false;

/// All the library knows, made at its first use and never taken down: calls come before main and
/// after it.
class disk {
 public:
  static disk& get() {
    static disk* const one = new disk;
    return *one;
  }

  [[nodiscard]] bool covers(const std::string& path) const {
    return !below_.empty() && path.starts_with(below_ + "/") && !inside;
  }
  [[nodiscard]] bool covers(int descriptor, std::string& path) const {
    if (below_.empty() || inside) return false;
    char name[4096];
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    const auto n = ::readlink(link.c_str(), name, sizeof name);
    if (n <= 0) return false;
    path.assign(name, static_cast<std::size_t>(n));
    return covers(path) || path == below_;
  }

  /// Runs `call`, which gives a negative number or null when it fails, unless it is to fail.
  template <class Call>
  auto run(const char* name, const std::string& path, Call call) -> decltype(call(false)) {
    const std::scoped_lock hold(mutex);
    inside = true;
    const int reason = plan_.next(name);
    if (reason != 0) note(name, path, reason);
    auto out = call(reason != 0);
    const int kept = reason != 0 ? reason : errno;
    inside = false;
    errno = kept;
    return out;
  }

  /// The power goes. Never gives the mutex back: other threads stand still from here on.
  void lose() {
    mutex.lock();
    inside = true;
    const std::string how = variable("DISK_FAULTS_LOSE");
    if (how.starts_with("some:")) {
      std::mt19937_64 chance(std::strtoull(how.c_str() + 5, nullptr, 10));
      journal.lose([&](const std::string&) { return chance() % 2 == 0; });
    } else if (how.starts_with("in:")) {
      const std::string folder = below_ + "/" + how.substr(3);
      journal.lose([&](const std::string& path) { return path.starts_with(folder); });
    } else if (how == "all") {
      journal.lose([](const std::string&) { return true; });
    }
  }

  std::mutex mutex;
  entry_journal journal;

 private:
  disk()
      : journal(variable("DISK_FAULTS_BELOW") + ".shadow"),
        below_(variable("DISK_FAULTS_BELOW")),
        log_(variable("DISK_FAULTS_LOG")),
        plan_(variable("DISK_FAULTS")) {
    if (!below_.empty())
      real<int(const char*, mode_t)>("mkdir")((below_ + ".shadow").c_str(), 0755);
  }

  void note(const char* name, const std::string& path, int reason) const {
    if (log_.empty()) return;
    const int to = real<int(const char*, int, ...)>("open")(
        log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    ::dprintf(to, "%s %s: %s\n", name, path.c_str(), std::strerror(reason));
    ::close(to);
  }

  std::string below_;
  std::string log_;
  fault_plan plan_;
};

int open_file(const char* path, int flags, mode_t mode) {
  static const auto next = real<int(const char*, int, ...)>("open");
  disk& d = disk::get();
  if (!d.covers(path)) return next(path, flags, mode);
  return d.run("open", path, [&](bool fails) {
    if (fails) return -1;
    const bool is_new = (flags & O_CREAT) != 0 && ::access(path, F_OK) != 0;
    const int descriptor = next(path, flags, mode);
    if (descriptor >= 0 && is_new) d.journal.on_created(path);
    return descriptor;
  });
}

template <class Call>
std::FILE* open_stream(Call next, const char* path, const char* mode) {
  disk& d = disk::get();
  if (!d.covers(path) || *mode == 'r') return next(path, mode);
  return d.run("open", path, [&](bool fails) -> std::FILE* {
    if (fails) return nullptr;
    d.journal.on_created(path);
    return next(path, mode);
  });
}

template <class Call>
ssize_t write_some(int descriptor, Call next) {
  disk& d = disk::get();
  std::string path;
  if (!d.covers(descriptor, path)) return next();
  return d.run("write", path, [&](bool fails) -> ssize_t {
    if (fails) return -1;
    d.journal.on_written(path);
    return next();
  });
}

}  // namespace

}  // namespace disk_faults

using disk_faults::disk;
using disk_faults::real;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : mode_t{0};
  va_end(more);
  return disk_faults::open_file(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : mode_t{0};
  va_end(more);
  return disk_faults::open_file(path, flags, mode);
}

std::FILE* fopen(const char* path, const char* mode) {
  static const auto next = real<std::FILE*(const char*, const char*)>("fopen");
  return disk_faults::open_stream(next, path, mode);
}

std::FILE* fopen64(const char* path, const char* mode) {
  static const auto next = real<std::FILE*(const char*, const char*)>("fopen64");
  return disk_faults::open_stream(next, path, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static const auto next = real<ssize_t(int, const void*, size_t)>("write");
  return disk_faults::write_some(descriptor, [&] { return next(descriptor, bytes, size); });
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t at) {
  static const auto next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return disk_faults::write_some(descriptor, [&] { return next(descriptor, bytes, size, at); });
}

int fsync(int descriptor) {
  static const auto next = real<int(int)>("fsync");
  disk& d = disk::get();
  std::string path;
  if (!d.covers(descriptor, path)) return next(descriptor);
  return d.run("fsync", path, [&](bool fails) {
    if (fails || next(descriptor) != 0) {
      d.journal.on_sync_failed(path);
      return -1;
    }
    d.journal.on_synced(path);
    return 0;
  });
}

int rename(const char* from, const char* to) {
  static const auto next = real<int(const char*, const char*)>("rename");
  disk& d = disk::get();
  if (!d.covers(to)) return next(from, to);
  return d.run("rename", to, [&](bool fails) {
    if (fails) return -1;
    std::string replaced = d.journal.keep_replaced(to);
    const int done = next(from, to);
    if (done == 0) d.journal.on_renamed(from, to, std::move(replaced));
    return done;
  });
}

int mkdir(const char* path, mode_t mode) {
  static const auto next = real<int(const char*, mode_t)>("mkdir");
  disk& d = disk::get();
  if (!d.covers(path)) return next(path, mode);
  return d.run("mkdir", path, [&](bool) {
    const int done = next(path, mode);
    if (done == 0) d.journal.on_folder(path);
    return done;
  });
}

int link(const char* from, const char* to) {
  static const auto next = real<int(const char*, const char*)>("link");
  disk& d = disk::get();
  if (!d.covers(to)) return next(from, to);
  return d.run("link", to, [&](bool) {
    const int done = next(from, to);
    if (done == 0) d.journal.on_linked(to);
    return done;
  });
}

int kill(pid_t process, int number) {
  static const auto next = real<int(pid_t, int)>("kill");
  if (number == SIGKILL && process == ::getpid()) disk::get().lose();
  return next(process, number);
}

}  // extern "C"

namespace {

__attribute__((destructor)) void lose_what_failed() {
  disk& d = disk::get();
  const std::scoped_lock hold(d.mutex);
  disk_faults::inside = true;
  d.journal.lose_failed();
}

}  // namespace
