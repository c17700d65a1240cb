#pragma once

#include "core/base/result.hpp"
#include "core/tables/delta.hpp"
#include "core/tables/table_spec.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace millrace::state {

/// Shows entries of one state table to people: keys, sub-keys and values as JSON, decoded by what
/// the table's spec says of their types, other bytes as text or `x0aff`. Trusts no byte. One
/// thread.
class entry_json {
 public:
  explicit entry_json(tables::table_spec spec);
  ~entry_json();

  /// Appends `"key":[...],"sub":...,"value":...` (no braces; parts that the table does not have are
  /// left out). Errors: state_corrupt for an entry that is not what the spec says.
  [[nodiscard]] result<void> append(std::string& out, const tables::delta_entry& entry) const;
  [[nodiscard]] const tables::table_spec& spec() const { return spec_; }

 private:
  struct decoders;
  [[nodiscard]] bool append_sub(std::string& out, std::string_view sub) const;
  [[nodiscard]] bool append_slots(std::string& out, std::string_view value) const;
  [[nodiscard]] bool append_value(std::string& out, std::string_view value) const;
  [[nodiscard]] bool append_task_entry(std::string& out, const tables::delta_entry& entry) const;

  tables::table_spec spec_;
  std::unique_ptr<decoders> decoders_;
};

/// The name of a table's kind: hash, map, list, sorted, timers, task.
[[nodiscard]] std::string_view name_of(tables::table_kind kind);

}  // namespace millrace::state
