#pragma once

#include <atomic>
#include <cstdint>

namespace millrace {

/// Bytes that a worker may hold, shared by batches, state tables and buffers. Thread safe, never
/// blocks.
///
/// Allocate only after `reserve`. A refusal is not an error: the caller spills, or stops taking
/// input.
class memory_budget {
 public:
  explicit memory_budget(std::int64_t limit_bytes) : limit_(limit_bytes) {}
  memory_budget(const memory_budget&) = delete;
  memory_budget& operator=(const memory_budget&) = delete;

  /// Takes `bytes` if they fit; false leaves the budget as it was.
  [[nodiscard]] bool reserve(std::int64_t bytes) noexcept {
    if (used_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= limit_) return true;
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  /// Takes `bytes` even above the limit: for what is already allocated and must be accounted.
  void charge(std::int64_t bytes) noexcept { used_.fetch_add(bytes, std::memory_order_relaxed); }
  void release(std::int64_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  [[nodiscard]] std::int64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t limit() const noexcept { return limit_; }
  [[nodiscard]] bool exceeded() const noexcept { return used() > limit_; }

 private:
  std::int64_t limit_;
  std::atomic<std::int64_t> used_{0};
};

}  // namespace millrace
