#pragma once

#include "core/sql/session/session.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cli {

/// What the word at the cursor can become.
struct completion {
  std::size_t from = 0;            ///< where the word begins, in bytes
  std::vector<std::string> words;  ///< sorted, without doubles; empty: nothing fits

  /// What to put in the place of the word: the only candidate with a blank behind it (but not
  /// behind
  /// `(`, `.` or a quote), else what all have in common.
  [[nodiscard]] std::string insertion() const;
};

/// Completes the word in front of `cursor`: keywords that can follow, functions, the session's
/// catalogs, databases, tables and views, the columns of the tables that the statement names, the
/// options of SET, and the shell's own commands. Keywords and functions keep the case of the word.
[[nodiscard]] completion complete(std::string_view text, std::size_t cursor, sql::session& session);

}  // namespace millrace::cli
