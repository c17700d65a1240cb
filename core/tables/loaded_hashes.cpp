#include "core/tables/loaded_hashes.hpp"

#include <utility>

namespace millrace::tables {

// Low bits choose the key group: those of one group share them.
std::size_t loaded_hashes::slot_of(std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = (hash * 0x9e3779b97f4a7c15ULL >> 32) & mask;
  while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & mask;
  return at;
}

void loaded_hashes::insert(std::uint64_t hash) {
  if (2 * (size_ + 1) > slots_.size()) resize(slots_.empty() ? 16 : 2 * slots_.size());
  const std::uint64_t value = stored(hash);
  std::uint64_t& slot = slots_[slot_of(value)];
  if (slot == 0) ++size_;
  slot = value;
}

void loaded_hashes::clear() {
  if (budget_ != nullptr) budget_->release(static_cast<std::int64_t>(bytes()));
  slots_ = {};
  size_ = 0;
}

void loaded_hashes::resize(std::size_t slots) {
  if (budget_ != nullptr)
    budget_->charge(static_cast<std::int64_t>((slots - slots_.size()) * sizeof(std::uint64_t)));
  const auto old = std::exchange(slots_, std::vector<std::uint64_t>(slots));
  for (const std::uint64_t value : old) {
    if (value != 0) slots_[slot_of(value)] = value;
  }
}

}  // namespace millrace::tables
