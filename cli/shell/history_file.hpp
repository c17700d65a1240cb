#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cli {

/// Statements of earlier shells, the newest last; a line of the file each. Several shells may
/// append to one file. Readable by its owner only.
class history_file {
 public:
  /// In $XDG_STATE_HOME/millrace, else ~/.local/state/millrace; empty without both.
  [[nodiscard]] static std::string default_path();

  /// `most`: how many statements are kept.
  explicit history_file(std::string path, std::size_t most = 1000)
      : path_(std::move(path)), most_(most) {}

  /// The newest statements, at most `most`; cuts the file when it has grown to twice that. A file
  /// that is not there is empty. Errors: 1004.
  [[nodiscard]] result<std::vector<std::string>> load() const;
  /// Appends a statement; makes file and folder. One that names a password, a secret or a token is
  /// left out. Errors: 1004.
  [[nodiscard]] result<void> append(std::string_view statement) const;

 private:
  std::string path_;
  std::size_t most_;
};

/// Whether a text in the statement is the key of an option with a secret value.
[[nodiscard]] bool names_a_secret(std::string_view statement);

}  // namespace millrace::cli
