#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace millrace {

/// Bytes that a worker may hold, shared by batches, state tables and buffers. Thread safe, never
/// blocks.
///
/// Allocate only after `reserve`. A refusal is not an error: the caller spills, or stops taking
/// input. State tables charge what they hold; their tasks spill when it gets `tight`, so that the
/// rest is left for what one batch may add.
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
  /// Seven eighths are used: time to spill.
  [[nodiscard]] bool tight() const noexcept { return used() > limit_ - limit_ / 8; }
  /// So far above the limit that the reserve beside the budget is used up, too.
  [[nodiscard]] bool overdrawn() const noexcept { return used() > limit_ + limit_ / 4; }
  /// What a holder of `held` bytes should free so that, if all do, three quarters stay in use; a
  /// sixteenth of the budget at most, as what is freed is copied on its way out.
  [[nodiscard]] std::size_t share_to_free(std::size_t held) const noexcept {
    const auto use = static_cast<double>(used());
    const double over = use - static_cast<double>(limit_) * 0.75;
    if (over <= 0) return 0;
    const double share = over * static_cast<double>(held) / use;
    return static_cast<std::size_t>(std::min(share, static_cast<double>(limit_) / 16)) + 1;
  }

 private:
  std::int64_t limit_;
  std::atomic<std::int64_t> used_{0};
};

}  // namespace millrace
