#pragma once

#include "core/base/result.hpp"
#include "core/tables/delta.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::tables {

/// What happens to the entries of all old subtasks when a job restores with another parallelism.
/// Source: Flink documentation, "Working with State", operator state.
enum class redistribution : std::uint8_t {
  split,      ///< every entry goes to one subtask, round robin over all of them
  unite,      ///< every subtask gets all entries of all
  broadcast,  ///< all subtasks had the same: each gets one subtask's entries
};

/// An entry of a delta that owns its bytes.
struct owned_entry {
  std::string key;
  std::string value;
  bool tombstone = false;
};

/// State of a task that has no key: split positions, committables, watermarks, requests in flight.
/// Named lists of byte strings, small; every freeze writes the lists that changed.
class task_state {
 public:
  /// Declares a list and what a rescale does with it. Declaring again is allowed.
  void declare(std::string_view list, redistribution how);
  [[nodiscard]] const std::vector<std::string>& entries(std::string_view list) const;
  void assign(std::string_view list, std::vector<std::string> entries);
  void append(std::string_view list, std::string entry);
  void clear(std::string_view list) { assign(list, {}); }

  // The single value case: a list of at most one entry.
  void set(std::string_view list, std::string value) { assign(list, {std::move(value)}); }
  /// Empty view when there is no entry.
  [[nodiscard]] std::string_view get(std::string_view list) const;

 private:
  friend class table_set;
  friend struct set_state;
  explicit task_state(std::uint16_t ordinal) : ordinal_(ordinal) {}

  /// Appends what changed (or all) to `out` in key order, tombstones of entries that are gone
  /// included, and the names of the lists to `lists`.
  void collect(bool all, std::vector<owned_entry>& out, std::vector<std::string>& lists);
  void mark_dirty(const std::vector<std::string>& lists);
  [[nodiscard]] result<void> restore(const delta_entry& entry, bool dirty);

  struct named_list {
    redistribution how = redistribution::split;
    std::vector<std::string> entries;
    bool dirty = false;
    std::size_t persisted = 0;  ///< entries some delta holds
  };
  std::uint16_t ordinal_;
  std::map<std::string, named_list, std::less<>> lists_;
};

/// The task state of `new_parallelism` subtasks from that of the old ones: one delta (entries of
/// `unkeyed_group` only) per subtask. The lists carry how they are to be redistributed. Errors:
/// state_corrupt.
[[nodiscard]] result<std::vector<std::vector<owned_entry>>> redistribute_task_state(
    std::span<const std::vector<owned_entry>> old, std::uint32_t new_parallelism);

}  // namespace millrace::tables
