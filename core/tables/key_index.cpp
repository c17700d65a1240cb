#include "core/tables/key_index.hpp"

#include <utility>

namespace millrace::tables {

void key_index::swap(key_index& other) noexcept {
  slots_.swap(other.slots_);
  std::swap(capacity_, other.capacity_);
  std::swap(used_, other.used_);
  std::swap(live_, other.live_);
}

void key_index::erase(std::uint32_t tag, arena::ref block) {
  std::uint32_t i = tag & mask();
  while (slots_[i].block != block) i = (i + 1) & mask();
  --live_;
  // A slot in front of an empty one ends every probe anyway, so it need not stay marked.
  if (slots_[(i + 1) & mask()].block == empty) {
    slots_[i].block = empty;
    --used_;
  } else {
    slots_[i].block = erased;
  }
}

// Doubles, or only sweeps erased slots out when they are what fills the index.
void key_index::grow() {
  const std::uint32_t old_capacity = capacity_;
  const std::uint32_t wanted = live_ * 2 > capacity_ ? capacity_ * 2 : capacity_;
  const std::uint32_t next = wanted == 0 ? 8 : wanted;
  budget_->charge(static_cast<std::int64_t>(next) * static_cast<std::int64_t>(sizeof(slot)));
  auto old = std::exchange(slots_, std::make_unique<slot[]>(next));
  capacity_ = next;
  used_ = live_;
  for (std::uint32_t k = 0; k < old_capacity; ++k) {
    if (!is_live(old[k])) continue;
    std::uint32_t i = old[k].tag & mask();
    while (slots_[i].block != empty) i = (i + 1) & mask();
    slots_[i] = old[k];
  }
  budget_->release(static_cast<std::int64_t>(old_capacity) *
                   static_cast<std::int64_t>(sizeof(slot)));
}

void key_index::clear() {
  budget_->release(static_cast<std::int64_t>(bytes()));
  slots_.reset();
  capacity_ = used_ = live_ = 0;
}

}  // namespace millrace::tables
