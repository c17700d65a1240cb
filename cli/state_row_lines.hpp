#pragma once

#include "core/coordination/checkpoint_manifest.hpp"
#include "core/tables/delta.hpp"
#include "state/checkpoint/entry_json.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cli {

/// Shows the rows of one operator instance, which outlives it, as JSON lines. One thread.
class row_lines {
 public:
  explicit row_lines(const coordination::operator_state& instance);

  /// The table of an entry. Errors: state_corrupt when the manifest does not name it.
  [[nodiscard]] result<const state::entry_json*> table_of(const tables::delta_entry& e) const;
  /// Appends the line of an entry; `change`: a word in front, or empty. Errors: state_corrupt.
  [[nodiscard]] result<void> append(std::string& out, const tables::delta_entry& e,
                                    std::string_view change = {}) const;

 private:
  const coordination::operator_state& instance_;
  std::vector<std::unique_ptr<state::entry_json>> tables_;
};

}  // namespace millrace::cli
