#pragma once

#include "cli/interrupt.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>

namespace millrace::cli {

/// Blocks its thread until a signal comes, or something else that is told by `poke`.
class stop_signal {
 public:
  stop_signal() {
    watch_.on_interrupt([this] {
      const std::scoped_lock hold(mutex_);
      come_ = true;
      changed_.notify_all();
    });
  }
  void wait() {
    wait_or([] { return false; });
  }
  void wait_or(const std::function<bool()>& other) {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [&] { return come_ || other(); });
  }
  void poke() {
    const std::scoped_lock hold(mutex_);
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool come_ = false;
  interrupt_watch watch_;  // last: its thread uses the others
};

}  // namespace millrace::cli
