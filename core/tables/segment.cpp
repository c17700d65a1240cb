#include "core/tables/segment.hpp"

#include <cstring>
#include <utility>

namespace millrace::tables {
namespace {

// Stands in front of a blob's bytes.
struct blob_head {
  arena::ref block;
  std::uint32_t size;  // as allocated
};
static_assert(sizeof(blob_head) == 8);

}  // namespace

void segment_heap::reserve(data::blob_slot& slot, std::uint32_t capacity) {
  if (capacity <= slot.capacity) return;
  // Grow by half at least, so that appending stays linear.
  const std::uint32_t grown = slot.capacity + slot.capacity / 2;
  const std::size_t wanted = sizeof(blob_head) + (capacity > grown ? capacity : grown);
  const std::size_t size = arena::block_size(wanted);
  const blob_head head{store_.allocate(size), static_cast<std::uint32_t>(size)};
  char* to = store_.at(head.block);
  std::memcpy(to, &head, sizeof head);
  if (slot.size != 0) std::memcpy(to + sizeof head, slot.bytes, slot.size);
  const std::uint32_t used = slot.size;
  release(slot);
  slot = {to + sizeof head, used, static_cast<std::uint32_t>(size - sizeof head)};
}

void segment_heap::release(data::blob_slot& slot) {
  if (slot.capacity != 0) {
    blob_head head;
    std::memcpy(&head, slot.bytes - sizeof head, sizeof head);
    store_.release(head.block, head.size);
  }
  slot = {};
}

void segment::clear() {
  keys.clear();
  items.clear();
  store.clear();
  dirty = {};
  dead = 0;
  tombstones = {};
  rows = 0;
  oldest_write = INT64_MAX;
}

void segment::take(segment& other) {
  clear();
  keys.swap(other.keys);
  items.swap(other.items);
  store.swap(other.store);
  dirty.swap(other.dirty);
  tombstones.swap(other.tombstones);
  std::swap(dead, other.dead);
  std::swap(rows, other.rows);
  std::swap(sequence, other.sequence);
  std::swap(oldest_write, other.oldest_write);
}

}  // namespace millrace::tables
