#include "cli/interrupt.hpp"

#include "cli/exit_code.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

namespace millrace::cli {

namespace {

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGUSR1);  // the watch's own: stop watching
  return set;
}

}  // namespace

interrupt_watch::interrupt_watch() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this] { watch(); });
}

interrupt_watch::~interrupt_watch() {
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

void interrupt_watch::watch() {
  const sigset_t set = watched_signals();
  for (int caught = 0; sigwait(&set, &caught) == 0 && caught != SIGUSR1;) {
    std::function<void()> stop;
    {
      const std::lock_guard lock(mutex_);
      if (interrupted_) _exit(exit_interrupted);
      interrupted_ = true;
      stop = stop_;
    }
    if (stop) stop();
  }
}

void interrupt_watch::on_interrupt(std::function<void()> stop) {
  {
    const std::lock_guard lock(mutex_);
    stop_ = stop;
    if (!interrupted_) return;
  }
  stop();
}

bool interrupt_watch::interrupted() const {
  const std::lock_guard lock(mutex_);
  return interrupted_;
}

}  // namespace millrace::cli
