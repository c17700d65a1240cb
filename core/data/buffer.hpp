#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace millrace::data {

class buffer;
/// Shared ownership of immutable bytes.
using buffer_ref = std::shared_ptr<const buffer>;

/// A block of bytes. Owned by the heap (then aligned and padded to 64), or by whatever `owner`
/// keeps alive (a received frame, a mapped file; then readable up to the next multiple of 8).
/// Immutable once shared through `buffer_ref`.
class buffer {
 public:
  /// Heap bytes, not initialised; the padding behind `size` is zero.
  [[nodiscard]] static std::shared_ptr<buffer> allocate(std::size_t size);
  /// Refers to foreign bytes that live as long as `owner` (not null); `data` must be aligned to 8,
  /// to 16 for decimals.
  [[nodiscard]] static buffer_ref wrap(const std::byte* data, std::size_t size,
                                       std::shared_ptr<const void> owner);
  /// Copies bytes; counted in `copied_bytes`.
  [[nodiscard]] static buffer_ref copy_of(std::span<const std::byte> bytes);

  ~buffer();
  buffer(const buffer&) = delete;
  buffer& operator=(const buffer&) = delete;

  [[nodiscard]] const std::byte* data() const { return data_; }
  [[nodiscard]] std::byte* mutable_data() { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Shortens the logical size; the memory stays.
  void truncate(std::size_t size) { size_ = size; }

  template <class T>
  [[nodiscard]] const T* as() const {
    return reinterpret_cast<const T*>(data_);
  }
  template <class T>
  [[nodiscard]] T* mutable_as() {
    return reinterpret_cast<T*>(data_);
  }

 private:
  struct key {};

 public:
  buffer(key, std::byte* data, std::size_t size, std::shared_ptr<const void> owner)
      : data_(data), size_(size), owner_(std::move(owner)) {}

 private:
  std::byte* data_;
  std::size_t size_;
  std::shared_ptr<const void> owner_;  // null: the heap's
};

/// Bytes that the allocation and copy functions of this folder have handed out and moved since the
/// start, over all threads. Tests compare the difference with the bytes that crossed an edge.
struct copy_counters {
  std::uint64_t allocated_bytes;
  std::uint64_t copied_bytes;
};
[[nodiscard]] copy_counters read_copy_counters();
/// Called by every function of core/data that moves column bytes.
void count_copied(std::size_t bytes);

}  // namespace millrace::data
