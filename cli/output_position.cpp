#include "cli/output_position.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace millrace::cli {

namespace {

bool is_file(struct stat& s) { return ::fstat(STDOUT_FILENO, &s) == 0 && S_ISREG(s.st_mode); }

}  // namespace

// Appending goes to the end, wherever the file's own position is.
std::string output_position() {
  struct stat s {};
  if (!is_file(s) || ::fdatasync(STDOUT_FILENO) != 0) return {};
  const bool appends = (::fcntl(STDOUT_FILENO, F_GETFL) & O_APPEND) != 0;
  const auto at = appends ? std::int64_t{s.st_size} : ::lseek(STDOUT_FILENO, 0, SEEK_CUR);
  return std::to_string(s.st_dev) + ':' + std::to_string(s.st_ino) + ':' + std::to_string(at);
}

result<void> rewind_output(const std::string& position) {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t at = 0;
  struct stat s {};
  const bool known =
      std::sscanf(position.c_str(), "%" SCNu64 ":%" SCNu64 ":%" SCNd64, &device, &inode, &at) == 3;
  if (!known || !is_file(s) || s.st_dev != device || s.st_ino != inode || s.st_size < at) return {};
  if (::ftruncate(STDOUT_FILENO, at) == 0 && ::lseek(STDOUT_FILENO, at, SEEK_SET) >= 0) return {};
  return make_error(errc::connector_io, std::string("stdout cannot be cut to what was complete: ") +
                                            std::strerror(errno));
}

}  // namespace millrace::cli
