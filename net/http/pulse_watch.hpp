#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace millrace::net {

/// Looks after a server while a long request to it is under way: asks for a sign of life every so
/// often, on a thread of its own, and gives the request up when there is none.
///
/// Owned by the thread that makes the request. Both callbacks run on the watch's thread, until
/// `end`.
class pulse_watch {
 public:
  /// `beats`: asks and waits; false when nobody answered. `give_up`: called from then on after each
  /// `pause`, for the request may only just be about to begin.
  pulse_watch(std::chrono::milliseconds pause, std::function<bool()> beats,
              std::function<void()> give_up);
  ~pulse_watch();
  pulse_watch(const pulse_watch&) = delete;
  pulse_watch& operator=(const pulse_watch&) = delete;

  /// Ends the watch: returns when the sign of life that is being waited for has come, or has not.
  /// True: the request was given up.
  bool end();

 private:
  void run();
  [[nodiscard]] bool pause();  // false: ended meanwhile

  std::chrono::milliseconds pause_;
  std::function<bool()> beats_;
  std::function<void()> give_up_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;    // guarded by mutex_
  bool is_lost_ = false;  // guarded by mutex_
  std::thread thread_;    // last: it uses the others
};

}  // namespace millrace::net
