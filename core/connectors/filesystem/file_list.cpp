#include "core/connectors/filesystem/file_list.hpp"

#include "core/base/local_paths.hpp"
#include "core/connectors/filesystem/byte_stream.hpp"
#include "core/connectors/table_options.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <regex>

namespace millrace::connectors::filesystem {
namespace {

namespace fs = std::filesystem;

bool hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return !name.empty() && (name[0] == '.' || name[0] == '_');
}

result<file_info> info_of(const std::string& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0) return io_error("open", path, errno);
  return file_info{path, static_cast<std::uint64_t>(s.st_size),
                   s.st_mtim.tv_sec * 1000 + s.st_mtim.tv_nsec / 1'000'000};
}

result<std::optional<std::regex>> compile(const std::string& pattern) {
  if (pattern.empty()) return std::optional<std::regex>();
  try {
    return std::optional(std::regex(pattern, std::regex::ECMAScript | std::regex::optimize));
  } catch (const std::regex_error& e) {
    return bad_option("source.path.regex-pattern", pattern,
                      fmt::format("is no regular expression: {}", e.what()));
  }
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

result<std::string> local_path(std::string_view path) {
  constexpr std::string_view scheme = "file:";
  if (path.starts_with(scheme)) {
    path.remove_prefix(scheme.size());
    while (path.starts_with("//")) path.remove_prefix(1);
  } else if (path.find("://") != std::string_view::npos) {
    return bad_option("path", path, "names a file system that is not supported",
                      "use a local path or file://");
  }
  MILLRACE_CHECK(check_local_path(path));
  return std::string(path);
}

result<std::vector<file_info>> list_files(const std::string& path, const std::string& pattern) {
  MILLRACE_TRY(const auto wanted, compile(pattern));
  std::vector<file_info> out;
  std::error_code bad;
  if (!fs::is_directory(path, bad)) {
    MILLRACE_TRY(auto info, info_of(path));
    out.push_back(std::move(info));
    return out;
  }
  fs::recursive_directory_iterator it(path, fs::directory_options::follow_directory_symlink, bad);
  for (; !bad && it != fs::recursive_directory_iterator(); it.increment(bad)) {
    if (hidden(it->path())) {
      it.disable_recursion_pending();
      continue;
    }
    std::error_code gone;
    if (!it->is_regular_file(gone)) continue;
    const std::string name = it->path().string();
    if (wanted && !std::regex_match(name, *wanted)) continue;
    // A file that vanished since it was listed is not there any more.
    if (auto info = info_of(name); info.ok()) out.push_back(std::move(*info));
  }
  if (bad) return io_error("list", path, bad.value());
  std::sort(out.begin(), out.end(),
            [](const file_info& a, const file_info& b) { return a.path < b.path; });
  return out;
}

std::vector<std::pair<std::string, std::string>> partition_of(std::string_view path) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto folder = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    const auto equals = folder.find('=');
    if (!path.empty() && equals != std::string_view::npos && equals > 0)
      out.emplace_back(unescape(folder.substr(0, equals)), unescape(folder.substr(equals + 1)));
  }
  return out;
}

std::string escape_partition(std::string_view value) {
  constexpr std::string_view special = "\"#%'*/:=?\\{}[]^";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || special.find(c) != std::string_view::npos)
      out += fmt::format("%{:02X}", byte);
    else
      out += c;
  }
  return out;
}

}  // namespace millrace::connectors::filesystem
