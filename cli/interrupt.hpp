#pragma once

#include <functional>
#include <mutex>
#include <thread>

namespace millrace::cli {

/// Turns SIGINT and SIGTERM into a call. Made before any other thread (they inherit that the
/// signals are blocked), one per process. A second signal ends the process at once.
class interrupt_watch {
 public:
  interrupt_watch();
  ~interrupt_watch();
  interrupt_watch(const interrupt_watch&) = delete;
  interrupt_watch& operator=(const interrupt_watch&) = delete;

  /// Called at the signal, on the watch's thread; at once when it has come already.
  void on_interrupt(std::function<void()> stop);
  [[nodiscard]] bool interrupted() const;

 private:
  void watch();

  mutable std::mutex mutex_;
  std::function<void()> stop_;
  bool interrupted_ = false;
  std::thread thread_;
};

}  // namespace millrace::cli
