#pragma once

#include "core/data/blob_slot.hpp"

#include <cstring>
#include <memory>
#include <vector>

namespace millrace::operators {

/// Bytes of blob slots that live only while a window fires. Everything is freed at `clear`.
class scratch_heap final : public data::blob_heap {
 public:
  void reserve(data::blob_slot& slot, std::uint32_t capacity) override {
    const std::uint32_t room = capacity < 2 * slot.capacity ? 2 * slot.capacity : capacity;
    auto bytes = std::make_unique<char[]>(room);
    if (slot.size != 0) std::memcpy(bytes.get(), slot.bytes, slot.size);
    slot.bytes = bytes.get();
    slot.capacity = room;
    blocks_.push_back(std::move(bytes));
  }
  void release(data::blob_slot& slot) override { slot = {}; }
  void clear() { blocks_.clear(); }

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
};

/// Zeroed payloads to merge slices into, and their blobs.
class scratch_states {
 public:
  /// `count` payloads of `size` bytes (a multiple of 8); the ones before are gone.
  void make(std::size_t count, std::size_t size) {
    words_.assign(count * size / sizeof(std::uint64_t), 0);
    size_ = size;
    heap.clear();
  }
  [[nodiscard]] char* operator[](std::size_t i) {
    return reinterpret_cast<char*>(words_.data()) + i * size_;
  }
  scratch_heap heap;

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

}  // namespace millrace::operators
