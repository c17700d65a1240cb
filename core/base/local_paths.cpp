#include "core/base/local_paths.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <system_error>

namespace millrace {

namespace {

namespace fs = std::filesystem;

using root_list = std::vector<fs::path>;

// Written once, while no SQL is taken; never freed, for threads may look at it to the end.
std::atomic<const root_list*> allowed = nullptr;

bool lies_below(const fs::path& path, const fs::path& root) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

error outside(std::string_view path, const root_list& roots) {
  std::string where;
  for (const fs::path& root : roots) where += (where.empty() ? "" : ", ") + root.string();
  return make_error(errc::config_bad_value,
                    "'" + std::string(path) + "' is outside of what this cluster lets SQL use",
                    where.empty() ? "no local path is; start its processes with --sql-root DIR"
                                  : "take a path below " + where);
}

result<void> check(const fs::path& resolved, std::string_view path, const root_list& roots) {
  const auto holds = [&](const fs::path& root) { return lies_below(resolved, root); };
  if (std::ranges::any_of(roots, holds)) return {};
  return outside(path, roots);
}

}  // namespace

result<void> confine_local_paths(const std::vector<std::string>& roots) {
  auto resolved = std::make_unique<root_list>();
  for (const std::string& root : roots) {
    std::error_code bad;
    resolved->push_back(fs::canonical(root, bad));
    if (bad) {
      return make_error(errc::config_file_unreadable,
                        "no directory '" + root + "': " + bad.message(), "check --sql-root");
    }
  }
  allowed = resolved.release();
  return {};
}

result<void> check_local_path(std::string_view path) {
  const root_list* roots = allowed;
  if (roots == nullptr) return {};
  std::error_code bad;
  const fs::path resolved = fs::weakly_canonical(fs::absolute(path, bad), bad);
  return bad ? outside(path, *roots) : check(resolved, path, *roots);
}

result<void> check_local_file(int fd, std::string_view path) {
  const root_list* roots = allowed;
  if (roots == nullptr) return {};
  std::error_code bad;
  const fs::path opened = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), bad);
  return bad ? outside(path, *roots) : check(opened, path, *roots);
}

}  // namespace millrace
