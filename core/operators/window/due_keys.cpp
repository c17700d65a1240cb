#include "core/operators/window/due_keys.hpp"

namespace millrace::operators {

void due_keys::pop(tables::timer_queue& timers, std::uint32_t limit) {
  clear();
  time_ = timers.next_time();
  tables::key_view key;
  timestamp_ms at = 0;
  while (count() < limit && timers.next_time() == time_ && timers.pop(time_, at, key)) {
    bytes_.insert(bytes_.end(), key.data, key.data + key.size);
    keys_.push_back(key);
    hashes_.push_back(key.hash);
  }
  // The bytes have stopped moving.
  const char* next = bytes_.data();
  for (auto& k : keys_) {
    k.data = next;
    next += k.size;
  }
}

void due_keys::clear() {
  bytes_.clear();
  keys_.clear();
  hashes_.clear();
}

std::vector<data::column_ptr> due_keys::columns() const {
  std::vector<data::column_ptr> out;
  for (std::uint32_t c = 0; c < types_.size(); ++c) {
    data::column_builder builder(types_[c], count());
    decoder_.decode_column(keys_, c, builder);
    out.push_back(builder.finish());
  }
  return out;
}

}  // namespace millrace::operators
