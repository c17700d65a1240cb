#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"
#include "core/base/state_errors.hpp"

#include <cstdint>
#include <string>

namespace millrace::cli {

/// Which rows `cat` shows; empty, negative: all.
struct row_choice {
  std::string operator_id;  ///< or the start of its description
  std::string table;
  int group = -1;
  std::int64_t limit = -1;
};

// Each prints to stdout. `storage`: options of where it lies (`s3.*`). Errors: state_not_found,
// state_corrupt, state_io.

/// Jobs below a folder, or checkpoints of a job: name, time, operators, bytes.
[[nodiscard]] result<void> list_state(const std::string& path, const option_map& storage);
/// The manifest: operators, tables, key groups, files. `json`: as one object.
[[nodiscard]] result<void> show_state(const std::string& path, const option_map& storage,
                                      bool json);
/// Rows as JSON lines.
[[nodiscard]] result<void> cat_state(const std::string& path, const option_map& storage,
                                     const row_choice& choice);
/// What the state at `path` has more, less or otherwise than that at `before`, per operator and
/// table; with `rows` the rows too. Gives whether there is a difference.
[[nodiscard]] result<bool> diff_state(const std::string& before, const std::string& path,
                                      const option_map& storage, bool rows);
/// Reads every byte: manifest, checksums, every entry against its table's spec.
[[nodiscard]] result<void> verify_state(const std::string& path, const option_map& storage);

}  // namespace millrace::cli
