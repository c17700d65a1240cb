#include "net/http/pulse_watch.hpp"

#include <utility>

namespace millrace::net {

pulse_watch::pulse_watch(std::chrono::milliseconds pause, std::function<bool()> beats,
                         std::function<void()> give_up)
    : pause_(pause),
      beats_(std::move(beats)),
      give_up_(std::move(give_up)),
      thread_([this] { run(); }) {}

pulse_watch::~pulse_watch() { end(); }

bool pulse_watch::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  return is_lost_;
}

bool pulse_watch::pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, pause_, [this] { return ended_; });
}

void pulse_watch::run() {
  while (pause()) {
    if (!is_lost_ && beats_()) continue;
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return;  // the answer has come
      is_lost_ = true;
    }
    give_up_();
  }
}

}  // namespace millrace::net
