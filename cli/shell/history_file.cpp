#include "cli/shell/history_file.hpp"

#include "core/sql/parse/lexer.hpp"
#include "core/sql/session/session_options.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <system_error>

namespace millrace::cli {

namespace {

namespace fs = std::filesystem;

// One line: a line break becomes \n, a backslash two.
std::string as_line(std::string_view statement) {
  std::string line;
  for (const char c : statement) {
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\\') {
      line += "\\\\";
    } else {
      line += c;
    }
  }
  return line + '\n';
}

std::string from_line(std::string_view line) {
  std::string statement;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool escaped = line[i] == '\\' && i + 1 < line.size();
    if (escaped) ++i;
    statement += escaped && line[i] == 'n' ? '\n' : line[i];
  }
  return statement;
}

error not_usable(const std::string& path, const std::string& why) {
  return make_error(errc::config_file_unreadable,
                    "cannot keep the history in '" + path + "': " + why,
                    "set XDG_STATE_HOME to a folder that can be written");
}

// Made for the owner alone from its first moment.
result<void> write_all(const std::string& path, int flags, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, S_IRUSR | S_IWUSR);
  if (file < 0) return not_usable(path, std::strerror(errno));
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int cause = errno;
  ::close(file);
  if (written) return {};
  return not_usable(path, std::strerror(cause));
}

result<void> make_folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code failed;
  if (!fs::create_directories(folder, failed)) {
    if (failed) return not_usable(path, failed.message());
    return {};
  }
  fs::permissions(folder, fs::perms::owner_all, failed);
  return {};
}

}  // namespace

std::string history_file::default_path() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/millrace/history";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return {};
  return std::string(home) + "/.local/state/millrace/history";
}

result<std::vector<std::string>> history_file::load() const {
  std::vector<std::string> statements;
  if (path_.empty()) return statements;
  std::ifstream in(path_, std::ios::binary);
  if (!in && fs::exists(path_)) return not_usable(path_, std::strerror(errno));
  for (std::string line; std::getline(in, line);) statements.push_back(from_line(line));
  const std::size_t all = statements.size();
  if (all <= most_) return statements;
  statements.erase(statements.begin(), statements.end() - static_cast<std::ptrdiff_t>(most_));
  if (all < 2 * most_) return statements;
  std::string text;
  for (const auto& s : statements) text += as_line(s);
  const std::string next = path_ + ".new";
  MILLRACE_CHECK(write_all(next, O_TRUNC, text));
  if (std::rename(next.c_str(), path_.c_str()) != 0) return not_usable(path_, std::strerror(errno));
  return statements;
}

result<void> history_file::append(std::string_view statement) const {
  if (path_.empty() || names_a_secret(statement)) return {};
  MILLRACE_CHECK(make_folder_of(path_));
  return write_all(path_, O_APPEND, as_line(statement));
}

bool names_a_secret(std::string_view statement) {
  sql::lexer lexer(statement);
  for (auto t = lexer.next(); t.kind != sql::token_kind::end && t.kind != sql::token_kind::bad;
       t = lexer.next()) {
    const bool is_text = t.kind == sql::token_kind::string;
    if (is_text && sql::shown_value(sql::unquote(t), "x") != "x") return true;
  }
  return false;
}

}  // namespace millrace::cli
