#include "state/checkpoint/merge_reader.hpp"

#include <utility>

namespace millrace::state {

using tables::delta_entry;

merge_reader::merge_reader(std::vector<std::unique_ptr<tables::delta_reader>> from) {
  for (auto& reader : from) inputs_.push_back({std::move(reader), {}, 0, false});
}

result<void> merge_reader::refill() {
  for (input& i : inputs_) {
    if (i.ended || !i.drained()) continue;
    MILLRACE_TRY(i.block, i.reader->next());
    i.at = 0;
    i.ended = i.block.empty();
  }
  return {};
}

bool merge_reader::any_drained() const {
  for (const input& i : inputs_) {
    if (!i.ended && i.drained()) return true;
  }
  return false;
}

// Deltas are few: a look at every head is as fast as a heap.
void merge_reader::take_smallest() {
  const delta_entry* best = nullptr;
  for (const input& i : inputs_) {
    if (i.ended) continue;
    if (best == nullptr || i.head().key <= best->key) best = &i.head();
  }
  const delta_entry taken = *best;
  for (input& i : inputs_) {
    if (!i.ended && i.head().key == taken.key) ++i.at;
  }
  if (!taken.tombstone) entries_.push_back(taken);
}

// Blocks are handed out when an input is used up, since its next block ends the bytes of this one.
result<std::span<const delta_entry>> merge_reader::next() {
  entries_.clear();
  while (entries_.empty()) {
    MILLRACE_CHECK(refill());
    bool live = false;
    for (const input& i : inputs_) live |= !i.ended;
    if (!live) break;
    while (!any_drained()) take_smallest();
  }
  return std::span<const delta_entry>(entries_);
}

}  // namespace millrace::state
