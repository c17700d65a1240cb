#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::connectors::filesystem {

struct file_info {
  std::string path;
  std::uint64_t size = 0;
  timestamp_ms modified = 0;
};

/// `file:///x`, `file:/x` and `file://x` without their scheme; others as they are. Error 2032 for
/// another scheme (`s3://`); 1002 for a path that SQL may not use here (core/base/local_paths.hpp).
[[nodiscard]] result<std::string> local_path(std::string_view path);

/// The file itself, or all files below the directory, sorted by path; names that start with `.` or
/// `_` are left out, as Flink does. `pattern` (empty: all) must match the whole path. Errors: 4001,
/// 4002 with the path, 2032 for a pattern that is no regular expression.
[[nodiscard]] result<std::vector<file_info>> list_files(const std::string& path,
                                                        const std::string& pattern);

/// Keys and values of the `key=value` folders of a path, unescaped (`%3A`).
[[nodiscard]] std::vector<std::pair<std::string, std::string>> partition_of(std::string_view path);
/// A partition value as a folder name: `:`, `/`, `=`, `%` and control characters become `%XX`.
[[nodiscard]] std::string escape_partition(std::string_view value);

}  // namespace millrace::connectors::filesystem
