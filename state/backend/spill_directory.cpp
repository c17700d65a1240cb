#include "state/backend/spill_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace millrace::state {
namespace {

namespace fs = std::filesystem;

constexpr const char* folder_prefix = "millrace-spill-";
constexpr const char* lock_name = "/in-use";

// The lock of a folder, or -1 while its owner lives. A file that was removed meanwhile locks
// nothing.
int try_lock(const std::string& folder, int flags) {
  const int file = open((folder + lock_name).c_str(), O_RDWR | O_CLOEXEC | flags, 0600);
  if (file < 0) return -1;
  struct stat found {};
  if (flock(file, LOCK_EX | LOCK_NB) == 0 && fstat(file, &found) == 0 && found.st_nlink > 0)
    return file;
  close(file);
  return -1;
}

void remove_left_over(const std::string& parent) {
  std::error_code failed;
  for (fs::directory_iterator at(parent, failed), end; !failed && at != end; at.increment(failed)) {
    if (!at->path().filename().string().starts_with(folder_prefix)) continue;
    const int lock = try_lock(at->path().string(), 0);
    if (lock < 0) continue;
    std::error_code ignored;
    fs::remove_all(at->path(), ignored);
    close(lock);
  }
}

}  // namespace

spill_directory::spill_directory(std::string path, int lock)
    : path_(std::move(path)), lock_(lock) {}

spill_directory::~spill_directory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  close(lock_);
}

result<std::unique_ptr<spill_directory>> spill_directory::make(const std::string& parent) {
  std::error_code ignored;
  fs::create_directories(parent, ignored);
  remove_left_over(parent);
  // Another process may take a folder that is not locked yet for one of a dead process.
  for (int attempt = 0; attempt < 10; ++attempt) {
    std::string path = parent + "/" + folder_prefix + "XXXXXX";
    if (mkdtemp(path.data()) == nullptr) break;
    const int lock = try_lock(path, O_CREAT);
    if (lock >= 0) return std::unique_ptr<spill_directory>(new spill_directory(path, lock));
  }
  return make_error(
      errc::state_io,
      "cannot make a folder for spilled state in " + parent + ": " + std::strerror(errno),
      "name a folder that can be written in io.tmp.dirs");
}

std::string spill_directory::next() { return path_ + "/db-" + std::to_string(made_.fetch_add(1)); }

}  // namespace millrace::state
