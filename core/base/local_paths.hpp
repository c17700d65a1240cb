#pragma once

#include "core/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace {

// Which local files SQL may name. A cluster runs the SQL of whoever may submit, with the rights of
// its processes; `millrace run` that of its own user, and is not confined.

/// From now on only paths below these directories; none: no local path at all. Called once, before
/// the process takes SQL. Errors: 1004 for one that is not there.
[[nodiscard]] result<void> confine_local_paths(const std::vector<std::string>& roots);

/// Resolves symbolic links as far as the path exists. Any thread. Errors: 1002 when it leads
/// outside of the directories.
[[nodiscard]] result<void> check_local_path(std::string_view path);
/// The same of a file that is open: what is checked is what is read, whatever becomes of the path.
[[nodiscard]] result<void> check_local_file(int fd, std::string_view path);

}  // namespace millrace
