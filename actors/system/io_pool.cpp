#include "actors/system/io_pool.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::actors {

struct io_pool::state {
  explicit state(std::uint32_t count) : limit(count) {}

  void serve();

  const std::uint32_t limit;
  std::mutex mutex;
  std::condition_variable came;
  std::deque<std::function<void()>> waiting;
  std::vector<std::thread> threads;
  std::uint32_t idle = 0;
  bool closing = false;
};

void io_pool::state::serve() {
  std::unique_lock hold(mutex);
  for (;;) {
    ++idle;
    came.wait(hold, [&] { return closing || !waiting.empty(); });
    --idle;
    if (waiting.empty()) return;
    const auto work = std::move(waiting.front());
    waiting.pop_front();
    hold.unlock();
    work();
    hold.lock();
  }
}

io_pool::io_pool(std::uint32_t threads) : state_(std::make_unique<state>(threads)) {}

io_pool::~io_pool() {
  {
    const std::scoped_lock hold(state_->mutex);
    state_->closing = true;
  }
  state_->came.notify_all();
  for (std::thread& t : state_->threads) t.join();
}

void io_pool::run(std::function<void()> work) {
  if (state_->limit == 0) return work();
  {
    const std::scoped_lock hold(state_->mutex);
    state_->waiting.push_back(std::move(work));
    if (state_->idle < state_->waiting.size() && state_->threads.size() < state_->limit) {
      state_->threads.emplace_back([s = state_.get()] { s->serve(); });
    }
  }
  state_->came.notify_one();
}

}  // namespace millrace::actors
