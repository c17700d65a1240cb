#include "state/storage/file_io.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

namespace millrace::state {

namespace {

constexpr std::size_t copy_size = 1U << 20;

int retried_open(const std::string& path, int flags) {
  int descriptor;
  do {
    descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

error sync_error(const std::string& path) {
  return make_error(state_sync_failed,
                    fmt::format("cannot sync '{}': {}", path, std::strerror(errno)),
                    "start the job again from its last complete checkpoint");
}

result<void> copy_file(const std::string& from, const std::string& to) {
  MILLRACE_TRY(const file source, file::open(from));
  MILLRACE_TRY(const std::uint64_t size, source.size());
  MILLRACE_TRY(file target, file::create(to));
  const auto part = std::make_unique<char[]>(copy_size);
  for (std::uint64_t at = 0; at < size;) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(copy_size, size - at));
    MILLRACE_CHECK(source.read_at(at, part.get(), n));
    MILLRACE_CHECK(target.write({part.get(), n}));
    at += n;
  }
  return target.sync();
}

}  // namespace

error io_error(std::string_view what, const std::string& path) {
  const int reason = errno;
  return make_error(errc::state_io,
                    fmt::format("cannot {} '{}': {}", what, path, std::strerror(reason)),
                    reason == ENOSPC || reason == EDQUOT ? "make room on the disk" : "");
}

file::file(file&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      direct_(other.direct_),
      path_(std::move(other.path_)) {}

file& file::operator=(file&& other) noexcept {
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  direct_ = other.direct_;
  path_ = std::move(other.path_);
  return *this;
}

file::~file() { close(); }

void file::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

result<file> file::create(const std::string& path) {
  const int descriptor = retried_open(path, O_WRONLY | O_CREAT | O_EXCL);
  if (descriptor < 0) return io_error("create", path);
  return file(descriptor, path);
}

result<file> file::create_direct(const std::string& path) {
  const int descriptor = retried_open(path, O_WRONLY | O_CREAT | O_EXCL | O_DIRECT);
  if (descriptor >= 0) {
    file made(descriptor, path);
    made.direct_ = true;
    return made;
  }
  if (errno != EINVAL) return io_error("create", path);
  // The file system may have made the file before it found that it cannot open it so.
  ::unlink(path.c_str());
  return create(path);
}

// True when the file was direct until now.
bool file::leave_direct() {
  if (!std::exchange(direct_, false)) return false;
  const int flags = ::fcntl(descriptor_, F_GETFL);
  return flags >= 0 && ::fcntl(descriptor_, F_SETFL, flags & ~O_DIRECT) == 0;
}

result<file> file::open(const std::string& path) {
  const int descriptor = retried_open(path, O_RDONLY);
  if (descriptor < 0) return io_error("open", path);
  return file(descriptor, path);
}

result<std::uint64_t> file::size() const {
  struct stat about {};
  if (::fstat(descriptor_, &about) != 0) return io_error("look at", path_);
  return static_cast<std::uint64_t>(about.st_size);
}

result<void> file::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(descriptor_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EINVAL && leave_direct()) continue;
    if (n < 0) return io_error("write", path_);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

result<void> file::read_at(std::uint64_t offset, char* to, std::size_t size) const {
  while (size > 0) {
    const auto n = ::pread(descriptor_, to, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("read", path_);
    if (n == 0) {
      return make_error(errc::state_corrupt, fmt::format("'{}' is cut short", path_),
                        "restore from an older checkpoint");
    }
    to += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return {};
}

result<void> file::sync() {
  if (::fsync(descriptor_) != 0) return sync_error(path_);
  return {};
}

result<void> sync_directory(const std::string& path) {
  const int descriptor = retried_open(path, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return io_error("open", path);
  const bool failed = ::fsync(descriptor) != 0;
  if (failed) {
    auto e = sync_error(path);
    ::close(descriptor);
    return e;
  }
  ::close(descriptor);
  return {};
}

result<void> make_directories(const std::string& path) {
  std::error_code failure;
  std::vector<std::filesystem::path> with_new_names;
  for (auto at = std::filesystem::absolute(path); !std::filesystem::exists(at, failure);) {
    at = at.parent_path();
    with_new_names.push_back(at);
  }
  std::filesystem::create_directories(path, failure);
  if (failure) {
    errno = failure.value();
    return io_error("make the directory", path);
  }
  for (const auto& directory : with_new_names) MILLRACE_CHECK(sync_directory(directory.string()));
  return {};
}

result<void> replace_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  remove_all(temporary);
  MILLRACE_TRY(file f, file::create(temporary));
  MILLRACE_CHECK(f.write(bytes));
  MILLRACE_CHECK(f.sync());
  if (::rename(temporary.c_str(), path.c_str()) != 0) return io_error("rename", temporary);
  return {};
}

result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  MILLRACE_TRY(const file f, file::open(path));
  MILLRACE_TRY(const std::uint64_t size, f.size());
  if (size > limit) {
    return make_error(errc::state_corrupt,
                      fmt::format("'{}' has {} bytes, limit {}", path, size, limit));
  }
  std::string bytes(size, '\0');
  MILLRACE_CHECK(f.read_at(0, bytes.data(), bytes.size()));
  return bytes;
}

result<void> link_or_copy(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return {};
  if (errno == EEXIST || errno == ENOENT) return io_error("link to", to);
  return copy_file(from, to);
}

bool exists(const std::string& path) {
  std::error_code failure;
  return std::filesystem::exists(path, failure);
}

bool is_directory(const std::string& path) {
  std::error_code failure;
  return std::filesystem::is_directory(path, failure);
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  std::error_code failure;
  for (std::filesystem::directory_iterator i(path, failure), end; !failure && i != end;
       i.increment(failure)) {
    names.push_back(i->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void remove_all(const std::string& path) {
  std::error_code failure;
  std::filesystem::remove_all(path, failure);
}

}  // namespace millrace::state
