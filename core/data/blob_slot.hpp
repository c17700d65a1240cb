#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace::data {

/// Variable bytes inside a fixed-width payload. The bytes belong to whoever owns the payload (a
/// segment of a state table), which moves, counts and writes them with it. All zero is the empty
/// blob.
struct blob_slot {
  char* bytes = nullptr;
  std::uint32_t size = 0;
  std::uint32_t capacity = 0;
  [[nodiscard]] std::string_view view() const { return {bytes, size}; }
};

/// Allocates the bytes of blob slots. One per segment; not thread safe.
class blob_heap {
 public:
  virtual ~blob_heap() = default;
  /// Makes room for `capacity` bytes, keeping the first `size`; may move them.
  virtual void reserve(blob_slot& slot, std::uint32_t capacity) = 0;
  virtual void release(blob_slot& slot) = 0;

  void assign(blob_slot& slot, std::string_view bytes) {
    slot.size = 0;
    append(slot, bytes);
  }
  void append(blob_slot& slot, std::string_view bytes) {
    const auto need = slot.size + static_cast<std::uint32_t>(bytes.size());
    if (need > slot.capacity) reserve(slot, need);
    if (!bytes.empty()) std::memcpy(slot.bytes + slot.size, bytes.data(), bytes.size());
    slot.size = need;
  }
};

}  // namespace millrace::data
