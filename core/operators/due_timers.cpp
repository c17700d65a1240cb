#include "core/operators/due_timers.hpp"

#include "core/tables/table_set.hpp"

namespace millrace::operators {

piece due_timers::next(tables::timer_queue& timers, timestamp_ms until, std::uint32_t limit,
                       tables::table_set& state) {
  if (!waiting_) pop(timers, until, limit);
  if (keys_.empty()) return piece::none_left;
  waiting_ = state.prefetch(hashes_) != tables::readiness::ready;
  return waiting_ ? piece::need_state : piece::done;
}

void due_timers::pop(tables::timer_queue& timers, timestamp_ms until, std::uint32_t limit) {
  bytes_.clear();
  keys_.clear();
  times_.clear();
  hashes_.clear();
  timestamp_ms at = 0;
  tables::key_view key;
  while (keys_.size() < limit && timers.pop(until, at, key)) {
    bytes_.insert(bytes_.end(), key.data, key.data + key.size);
    keys_.push_back(key);
    times_.push_back(at);
    hashes_.push_back(key.hash);
  }
  const char* from = bytes_.data();
  for (auto& k : keys_) {
    k.data = from;
    from += k.size;
  }
}

}  // namespace millrace::operators
