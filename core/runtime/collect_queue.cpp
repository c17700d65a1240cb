#include "core/runtime/collect_queue.hpp"

#include "core/runtime/channel.hpp"

#include <utility>

namespace millrace::runtime {

void collect_queue::push(data::batch_ptr batch) {
  const std::int64_t bytes = make_parcel(batch).bytes;
  {
    const std::lock_guard lock(mutex_);
    bytes_ += bytes;
    was_full_ = was_full_ || bytes_ >= limit_;
    batches_.push_back(std::move(batch));
  }
  arrived_.notify_one();
}

bool collect_queue::full() const {
  const std::lock_guard lock(mutex_);
  return bytes_ >= limit_;
}

void collect_queue::on_room(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wakes_.push_back(std::move(wake));
}

void collect_queue::when_taken(std::function<void()> then) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    when_taken_ = std::move(then);
  }
  arrived_.notify_one();
}

void collect_queue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wakes_.clear();
    when_taken_ = nullptr;
  }
  arrived_.notify_all();
}

data::batch_ptr collect_queue::take(std::chrono::microseconds patience) {
  std::unique_lock lock(mutex_);
  const auto something = [this] { return closed_ || !batches_.empty() || when_taken_; };
  arrived_.wait_for(lock, patience, something);
  while (batches_.empty() && when_taken_) {
    const auto then = std::exchange(when_taken_, nullptr);
    lock.unlock();
    then();
    lock.lock();
    arrived_.wait_for(lock, patience, something);
  }
  if (batches_.empty()) return nullptr;
  data::batch_ptr batch = std::move(batches_.front());
  batches_.pop_front();
  bytes_ -= make_parcel(batch).bytes;
  // Half empty before anyone is woken: a wake per batch would cost more than it gives.
  if (!was_full_ || bytes_ * 2 > limit_) return batch;
  was_full_ = false;
  const auto wakes = wakes_;
  lock.unlock();
  for (const auto& wake : wakes) wake();
  return batch;
}

bool collect_queue::drained() const {
  const std::lock_guard lock(mutex_);
  return closed_ && batches_.empty();
}

}  // namespace millrace::runtime
