#include "core/base/local_paths.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace millrace {
namespace {

namespace fs = std::filesystem;

// A process is confined once: all of it is one test, in a process of its own.
void look_around(const fs::path& folder) {
  const fs::path root = folder / "root";
  fs::create_directories(root / "deep");
  fs::create_directory(folder / "rootless");
  std::ofstream(folder / "secret") << "hush";
  std::ofstream(root / "rows") << "1";
  fs::create_symlink(folder / "secret", root / "link");
  fs::create_directory_symlink(folder, root / "up");
  const auto allowed = [](const fs::path& path) { return check_local_path(path.string()).ok(); };
  const auto opened = [](const fs::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY);
    const bool ok = check_local_file(fd, path.string()).ok();
    ::close(fd);
    return ok;
  };
  bool right = allowed("/etc/passwd");
  right = right && !confine_local_paths({(folder / "none").string()}).ok();
  right = right && confine_local_paths({root.string()}).ok();
  for (const fs::path& good : {root, root / "deep", root / "rows", root / "not" / "yet"}) {
    right = right && allowed(good);
  }
  for (const fs::path& bad :
       {folder, folder / "rootless", root / ".." / "secret", root / "link", root / "up" / "secret",
        fs::path("/etc/passwd"), fs::path("rows"), fs::path("")}) {
    right = right && !allowed(bad);
  }
  right = right && opened(root / "rows") && !opened(root / "link") && !opened(root / "up/secret");
  std::exit(right ? 0 : 1);
}

TEST(local_paths_death, lie_below_the_roots_wherever_links_lead) {
  std::string name = (fs::temp_directory_path() / "millrace-roots-XXXXXX").string();
  const fs::path folder = mkdtemp(name.data());
  EXPECT_EXIT(look_around(folder), testing::ExitedWithCode(0), "");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace millrace
