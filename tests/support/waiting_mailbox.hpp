#pragma once

#include "core/runtime/channel.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace millrace::test {

/// Keeps what arrives; waits for it without a time-out, so that a lost element shows as the test's.
class waiting_mailbox final : public runtime::mailbox {
 public:
  void deliver(channel_id from, runtime::parcel p) override {
    keep([&] { arrived_.emplace_back(from, std::move(p)); });
  }
  void grant(runtime::output_channel to, std::int64_t bytes) override {
    keep([&] { grants_.emplace_back(to, bytes); });
  }
  void fail(error e) override {
    keep([&] { error_ = std::move(e); });
  }
  std::vector<std::pair<channel_id, runtime::parcel>> wait_arrived(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_.size() >= count || error_; });
    return arrived_;
  }
  std::vector<std::pair<runtime::output_channel, std::int64_t>> wait_grants(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return grants_.size() >= count || error_; });
    return grants_;
  }
  std::optional<error> failure() {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  template <class F>
  void keep(F&& f) {
    const std::lock_guard lock(mutex_);
    f();
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<channel_id, runtime::parcel>> arrived_;
  std::vector<std::pair<runtime::output_channel, std::int64_t>> grants_;
  std::optional<error> error_;
};

}  // namespace millrace::test
