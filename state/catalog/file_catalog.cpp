#include "state/catalog/file_catalog.hpp"

#include "core/base/local_paths.hpp"
#include "state/storage/file_io.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <optional>
#include <string_view>

namespace millrace::state {

namespace {

constexpr std::uint64_t longest_statement = 16U << 20;
constexpr std::size_t longest_name = 200;  // of a file, suffix and `.tmp` apart

constexpr std::array<std::string_view, 3> suffixes = {".table.sql", ".view.sql", ".function.sql"};

bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

std::string encoded(std::string_view name) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : name) {
    if (is_plain(c)) {
      out += c;
    } else {
      out += {'%', digits[(c >> 4) & 15], digits[c & 15]};
    }
  }
  return out;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Nothing for a name that `encoded` does not give: a file of somebody else.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_plain(text[i])) {
      out += text[i];
      continue;
    }
    if (text[i] != '%' || i + 2 >= text.size()) return std::nullopt;
    const int high = digit(text[i + 1]);
    const int low = digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

std::optional<sql::stored_name> object_of(const std::string& database, std::string_view file) {
  for (std::size_t kind = 0; kind < suffixes.size(); ++kind) {
    if (!file.ends_with(suffixes[kind])) continue;
    const auto name = decoded(file.substr(0, file.size() - suffixes[kind].size()));
    if (name) return sql::stored_name{database, static_cast<sql::stored_kind>(kind), *name};
  }
  return std::nullopt;
}

class file_catalog final : public sql::catalog_store {
 public:
  explicit file_catalog(std::string path) : path_(std::move(path)) {}

  result<std::vector<std::string>> databases() override {
    std::vector<std::string> names;
    for (const auto& directory : names_in(path_)) {
      const auto name = decoded(directory);
      if (name && is_directory(path_ + "/" + directory)) names.push_back(*name);
    }
    return names;
  }

  result<std::vector<sql::stored_object>> objects() override {
    std::vector<sql::stored_object> all;
    MILLRACE_TRY(const auto names, databases());
    for (const auto& database : names) {
      for (const auto& file : names_in(directory(database))) {
        auto at = object_of(database, file);
        if (!at) continue;
        MILLRACE_TRY(auto text, read_file(directory(database) + "/" + file, longest_statement));
        all.push_back({*std::move(at), std::move(text)});
      }
    }
    return all;
  }

  result<void> create_database(const std::string& database) override {
    MILLRACE_CHECK(check_length(database));
    return make_directories(directory(database));
  }

  // What this catalog did not write stays, and the directory with it.
  result<void> drop_database(const std::string& database) override {
    const auto from = directory(database);
    for (const auto& file : names_in(from))
      if (object_of(database, file)) MILLRACE_CHECK(unlink_file(from + "/" + file));
    if (::rmdir(from.c_str()) != 0 && errno != ENOENT) return io_error("remove", from);
    return sync_directory(path_);
  }

  result<void> write(const sql::stored_object& object) override {
    MILLRACE_CHECK(check_length(object.at.name));
    MILLRACE_CHECK(create_database(object.at.database));
    MILLRACE_CHECK(replace_file(file_of(object.at), object.statement + ";\n"));
    return sync_directory(directory(object.at.database));
  }

  result<void> erase(const sql::stored_name& at) override {
    MILLRACE_CHECK(unlink_file(file_of(at)));
    return sync_directory(directory(at.database));
  }

 private:
  [[nodiscard]] std::string directory(const std::string& database) const {
    return path_ + "/" + encoded(database);
  }
  [[nodiscard]] std::string file_of(const sql::stored_name& at) const {
    const auto suffix = suffixes[static_cast<std::size_t>(at.kind)];
    return directory(at.database) + "/" + encoded(at.name) + std::string(suffix);
  }
  static result<void> check_length(const std::string& name) {
    if (encoded(name).size() <= longest_name) return {};
    return make_error(errc::config_bad_value, "the name '" + name + "' is too long to be kept",
                      "its file name may have " + std::to_string(longest_name) +
                          " bytes; those that are no letter or digit count three times");
  }
  static result<void> unlink_file(const std::string& file) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) return io_error("remove", file);
    return {};
  }

  std::string path_;
};

}  // namespace

result<std::shared_ptr<sql::catalog_store>> open_file_catalog(const option_map& options) {
  const auto path = options.find("path");
  if (path == options.end() || path->second.empty())
    return make_error(errc::config_bad_value, "a catalog of type 'file' needs the option 'path'",
                      "'path' = '/a/directory'");
  MILLRACE_CHECK(check_local_path(path->second));
  const bool is_new = !exists(path->second);
  MILLRACE_CHECK(make_directories(path->second));
  if (is_new && ::chmod(path->second.c_str(), 0700) != 0) return io_error("protect", path->second);
  return std::static_pointer_cast<sql::catalog_store>(std::make_shared<file_catalog>(path->second));
}

}  // namespace millrace::state
