#include "core/tables/arena.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace millrace::tables {
namespace {

constexpr std::uint32_t exact_classes = 32;
constexpr std::uint32_t class_count = 88;

// Units of a size class: exact up to 32 units, then eight classes per doubling.
std::uint32_t round_units(std::uint32_t units) {
  if (units <= exact_classes) return units;
  const auto shift = static_cast<std::uint32_t>(std::bit_width(units - 1)) - 4;
  return (((units - 1) >> shift) + 1) << shift;
}

std::uint32_t class_of_units(std::uint32_t units) {
  if (units <= exact_classes) return units - 1;
  const auto shift = static_cast<std::uint32_t>(std::bit_width(units - 1)) - 4;
  const std::uint32_t eighth = ((units - 1) >> shift) + 1;
  return exact_classes + (shift - 2) * 8 + (eighth - 9);
}

std::size_t units_of(std::size_t size) { return size == 0 ? 1 : (size + 15) / 16; }

}  // namespace

void arena::swap(arena& other) noexcept {
  chunks_.swap(other.chunks_);
  free_lists_.swap(other.free_lists_);
  free_chunk_slots_.swap(other.free_chunk_slots_);
  std::swap(next_, other.next_);
  std::swap(end_, other.end_);
  std::swap(open_, other.open_);
  std::swap(bytes_, other.bytes_);
  std::swap(free_bytes_, other.free_bytes_);
}

std::size_t arena::block_size(std::size_t size) {
  const std::size_t units = units_of(size);
  if (units * unit > largest_chunk) return units * unit;
  return std::size_t{round_units(static_cast<std::uint32_t>(units))} * unit;
}

arena::ref arena::allocate(std::size_t size) {
  const std::size_t units = block_size(size) / unit;
  if (!free_lists_.empty() && units * unit <= largest_chunk) {
    ref& head = free_lists_[class_of_units(static_cast<std::uint32_t>(units))];
    if (head != null) {
      const ref block = head;
      std::memcpy(&head, at(block), sizeof head);
      free_bytes_ -= units * unit;
      return block;
    }
  }
  if (next_ + units > end_) return allocate_slow(units * unit);
  const ref block = (open_ << offset_bits) | static_cast<ref>(next_);
  next_ += units;
  return block;
}

arena::ref arena::allocate_slow(std::size_t size) {
  const bool first = chunks_.empty();
  if (size > largest_chunk && !first) return take_large(size);
  keep_rest();
  const std::size_t wanted = std::clamp(std::bit_floor(bytes_), std::size_t{256}, largest_chunk);
  // The first unit of the first chunk stays unused: its reference would be `null`.
  const std::size_t reserve = first ? unit : 0;
  const std::size_t chunk =
      size > largest_chunk ? wanted : std::max(wanted, std::bit_ceil(size + reserve));
  open_ = add_chunk(std::min(chunk, largest_chunk));
  next_ = reserve / unit;
  end_ = std::min(chunk, largest_chunk) / unit;
  return allocate(size);
}

void arena::keep_rest() {
  while (next_ < end_) {
    const std::size_t units = std::min<std::size_t>(end_ - next_, exact_classes);
    release((open_ << offset_bits) | static_cast<ref>(next_), units * unit);
    next_ += units;
  }
}

arena::ref arena::take_large(std::size_t size) { return add_chunk(size) << offset_bits; }

std::uint32_t arena::add_chunk(std::size_t size) {
  budget_->charge(static_cast<std::int64_t>(size));
  bytes_ += size;
  std::unique_ptr<char[]> memory(new char[size]);
  if (free_chunk_slots_.empty()) {
    chunks_.push_back(std::move(memory));
    return static_cast<std::uint32_t>(chunks_.size() - 1);
  }
  const std::uint32_t place = free_chunk_slots_.back();
  free_chunk_slots_.pop_back();
  chunks_[place] = std::move(memory);
  return place;
}

void arena::release(ref block, std::size_t size) {
  const std::size_t bytes = block_size(size);
  if (bytes > largest_chunk) {
    chunks_[block >> offset_bits].reset();
    free_chunk_slots_.push_back(block >> offset_bits);
    budget_->release(static_cast<std::int64_t>(bytes));
    bytes_ -= bytes;
    return;
  }
  if (free_lists_.empty()) free_lists_.resize(class_count, null);
  ref& head = free_lists_[class_of_units(static_cast<std::uint32_t>(bytes / unit))];
  std::memcpy(at(block), &head, sizeof head);
  head = block;
  free_bytes_ += bytes;
}

void arena::clear() {
  budget_->release(static_cast<std::int64_t>(bytes_));
  chunks_.clear();
  chunks_.shrink_to_fit();
  free_lists_ = {};
  free_chunk_slots_.clear();
  next_ = end_ = 0;
  bytes_ = free_bytes_ = 0;
}

}  // namespace millrace::tables
