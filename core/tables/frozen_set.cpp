#include "core/tables/set_state.hpp"
#include "core/tables/state_store.hpp"

namespace millrace::tables {

frozen_set::~frozen_set() {
  if (set != nullptr) set->merge_back(*this);
  for (auto& s : segments) s->cut_off();
}

std::uint64_t frozen_set::entry_count() const {
  std::uint64_t n = unkeyed.size();
  for (const auto& s : segments) n += s->expected;
  return n;
}

result<void> frozen_reader::take_segment(frozen_segment& s) {
  s.copy_out();
  const std::scoped_lock hold(s.lock);
  MILLRACE_ASSERT(!s.spent);
  if (s.cut) {
    return make_error(errc::runtime_interrupted,
                      "the tables were closed before their checkpoint "
                      "was written");
  }
  s.sort();
  block_.reserve(s.pieces.size());
  for (const auto& p : s.pieces) block_.push_back(s.entry_of(p));
  return {};
}

// The one behind the last is likely to be copied out next.
void frozen_reader::spend_taken() {
  for (; taken_ < segment_; ++taken_) {
    const bool last = taken_ + 1 == set_.segments.size();
    set_.segments[taken_]->spend(last ? nullptr : set_.segments[taken_ + 1].get());
  }
}

// Tables that never spill have their part of a cold group in memory.
result<void> frozen_reader::take_residents(std::uint32_t group, std::size_t before_table) {
  while (segment_ < set_.segments.size() && set_.segments[segment_]->group == group &&
         set_.segments[segment_]->table->ordinal() < before_table) {
    MILLRACE_CHECK(take_segment(*set_.segments[segment_++]));
  }
  return {};
}

// Entries of one cold group; false when there are no more of them.
result<bool> frozen_reader::next_cold() {
  for (;;) {
    MILLRACE_TRY(auto block, cold_reader_->next());
    if (block.empty()) {
      cold_reader_.reset();
      return false;
    }
    for (const delta_entry& e : block) {
      const std::size_t table = table_of_key(e.key);
      if (table < set_.resident_tables.size() && set_.resident_tables[table]) continue;
      MILLRACE_CHECK(take_residents(group_of_key(e.key), table));
      block_.push_back(e);
    }
    if (!block_.empty()) return true;
  }
}

result<std::span<const delta_entry>> frozen_reader::next() {
  if (set_.broken) return *set_.broken;
  block_.clear();
  spend_taken();
  while (block_.empty()) {
    if (cold_reader_) {
      MILLRACE_TRY(const bool more, next_cold());
      if (more) break;
    }
    if (cold_ < set_.cold.size() && set_.cold[cold_].before <= segment_) {
      MILLRACE_TRY(cold_reader_, set_.store->read(std::span(&set_.cold[cold_++].group, 1)));
    } else if (segment_ < set_.segments.size()) {
      MILLRACE_CHECK(take_segment(*set_.segments[segment_++]));
    } else if (!unkeyed_done_) {
      unkeyed_done_ = true;
      for (const auto& e : set_.unkeyed) block_.push_back({e.key, e.value, e.tombstone});
    } else {
      break;
    }
  }
  return std::span<const delta_entry>(block_);
}

}  // namespace millrace::tables
