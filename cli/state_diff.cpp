#include "cli/state_row_lines.hpp"
#include "cli/state_view.hpp"
#include "state/checkpoint/checkpoint_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <vector>

namespace millrace::cli {

using coordination::operator_state;
using coordination::verification;

namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

/// One side of a comparison: an operator's entries in key order, over all its instances (which own
/// ascending key groups). Task state comes last and once per instance.
class side_reader {
 public:
  side_reader(const coordination::snapshot_reader& files, std::vector<const operator_state*> all)
      : files_(files), instances_(std::move(all)) {
    std::sort(instances_.begin(), instances_.end(),
              [](const auto* a, const auto* b) { return a->range.first < b->range.first; });
  }

  /// Moves to the next keyed entry; false at the end.
  [[nodiscard]] result<bool> advance() {
    for (;;) {
      if (at_ + 1 < block_.size()) {
        ++at_;
      } else {
        MILLRACE_TRY(const bool more, refill());
        if (!more) return false;
      }
      if (tables::group_of_key(block_[at_].key) != tables::unkeyed_group) return true;
      unkeyed_[std::string(block_[at_].key) + std::string(block_[at_].value)] = instance();
    }
  }
  [[nodiscard]] const tables::delta_entry& entry() const { return block_[at_]; }
  [[nodiscard]] const operator_state* instance() const { return instances_[next_ - 1]; }
  /// Key and value of each entry of task state, after the end.
  [[nodiscard]] const std::map<std::string, const operator_state*>& unkeyed() const {
    return unkeyed_;
  }

 private:
  [[nodiscard]] result<bool> refill() {
    at_ = 0;
    block_ = {};
    for (;;) {
      if (reader_) {
        MILLRACE_TRY(block_, reader_->next());
        if (!block_.empty()) return true;
      }
      if (next_ == instances_.size()) return false;
      MILLRACE_TRY(reader_, files_.read_merged(*instances_[next_++]));
    }
  }

  const coordination::snapshot_reader& files_;
  std::vector<const operator_state*> instances_;
  std::size_t next_ = 0;
  std::unique_ptr<tables::delta_reader> reader_;
  std::span<const tables::delta_entry> block_;
  std::size_t at_ = 0;
  std::map<std::string, const operator_state*> unkeyed_;
};

/// What differs in one operator, by table.
class difference {
 public:
  difference(std::string operator_id, bool rows) : operator_(std::move(operator_id)), rows_(rows) {}

  [[nodiscard]] result<void> note(std::string_view change, const tables::delta_entry& e,
                                  const operator_state& of) {
    const std::size_t ordinal = tables::table_of_key(e.key);
    const std::string table =
        ordinal < of.tables.size() ? of.tables[ordinal].name : fmt::format("table {}", ordinal);
    auto& count = counts_[table];
    (change == "added" ? count.added : change == "removed" ? count.removed : count.changed)++;
    if (!rows_) return {};
    std::string line;
    MILLRACE_CHECK(row_lines(of).append(line, e, change));
    print(line);
    return {};
  }
  /// Prints the counts; gives whether there are any.
  bool conclude() const {
    for (const auto& [table, c] : counts_) {
      print(fmt::format("{} {}: {} added, {} removed, {} changed\n", operator_, table, c.added,
                        c.removed, c.changed));
    }
    return !counts_.empty();
  }

 private:
  struct counts {
    std::uint64_t added = 0;
    std::uint64_t removed = 0;
    std::uint64_t changed = 0;
  };
  std::string operator_;
  bool rows_;
  std::map<std::string, counts> counts_;
};

result<void> compare_keyed(side_reader& before, side_reader& after, difference& found) {
  MILLRACE_TRY(bool old_left, before.advance());
  MILLRACE_TRY(bool new_left, after.advance());
  while (old_left || new_left) {
    const int order = !old_left   ? 1
                      : !new_left ? -1
                                  : before.entry().key.compare(after.entry().key);
    if (order < 0) {
      MILLRACE_CHECK(found.note("removed", before.entry(), *before.instance()));
    } else if (order > 0) {
      MILLRACE_CHECK(found.note("added", after.entry(), *after.instance()));
    } else if (before.entry().value != after.entry().value) {
      MILLRACE_CHECK(found.note("changed", after.entry(), *after.instance()));
    }
    if (order <= 0) {
      MILLRACE_TRY(old_left, before.advance());
    }
    if (order >= 0) {
      MILLRACE_TRY(new_left, after.advance());
    }
  }
  return {};
}

result<bool> compare(const coordination::opened_snapshot& before,
                     const coordination::opened_snapshot& after, const std::string& operator_id,
                     bool rows) {
  const auto instances = [&](const coordination::opened_snapshot& of) {
    std::vector<const operator_state*> all;
    for (const auto& o : of.manifest.operators) {
      if (o.operator_id == operator_id) all.push_back(&o);
    }
    return all;
  };
  side_reader old_side(*before.files, instances(before));
  side_reader new_side(*after.files, instances(after));
  difference found(operator_id, rows);
  MILLRACE_CHECK(compare_keyed(old_side, new_side, found));
  bool task_state_differs = old_side.unkeyed().size() != new_side.unkeyed().size();
  for (const auto& [bytes, of] : old_side.unkeyed()) {
    task_state_differs |= !new_side.unkeyed().contains(bytes);
  }
  if (task_state_differs) print(fmt::format("{} task state differs\n", operator_id));
  return found.conclude() || task_state_differs;
}

}  // namespace

result<bool> diff_state(const std::string& before, const std::string& path,
                        const option_map& storage, bool rows) {
  MILLRACE_TRY(const auto old_state, state::open_snapshot(before, verification::presence, storage));
  MILLRACE_TRY(const auto new_state, state::open_snapshot(path, verification::presence, storage));
  std::map<std::string, int> operators;
  const auto note = [&](const coordination::opened_snapshot& of, int side) {
    for (const auto& o : of.manifest.operators) {
      if (!o.in_flight) operators[o.operator_id] |= side;
    }
  };
  note(old_state, 1);
  note(new_state, 2);
  bool differs = false;
  for (const auto& [id, sides] : operators) {
    if (sides == 1) print(fmt::format("{} is gone\n", id));
    if (sides == 2) print(fmt::format("{} is new\n", id));
    differs |= sides != 3;
    MILLRACE_TRY(const bool here, compare(old_state, new_state, id, rows));
    differs |= here;
  }
  return differs;
}

}  // namespace millrace::cli
