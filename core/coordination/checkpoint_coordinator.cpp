#include "core/coordination/checkpoint_coordinator.hpp"

#include <utility>

namespace millrace::coordination {

using kind = checkpoint_order::kind;

checkpoint_coordinator::checkpoint_coordinator(std::uint32_t tasks, std::int64_t interval_ms,
                                               std::int64_t timeout_ms)
    : tasks_(tasks), interval_ms_(interval_ms), timeout_ms_(timeout_ms) {}

checkpoint_order checkpoint_coordinator::on_demand(timestamp_ms now) {
  if (finished_.size() == tasks_) return {};
  if (pending_) {
    demanded_ = true;
    return {};
  }
  return start(now);
}

checkpoint_order checkpoint_coordinator::on_time(timestamp_ms now) {
  if (pending_) {
    if (now - started_ < timeout_ms_) return {};
    return on_declined(*pending_);
  }
  if (finished_.size() == tasks_) return {};
  if (demanded_ || (interval_ms_ > 0 && now >= next_time())) return start(now);
  return {};
}

timestamp_ms checkpoint_coordinator::next_time() const {
  if (pending_) return started_ + timeout_ms_;
  if (demanded_) return min_watermark;
  if (interval_ms_ == 0) return max_watermark;
  return started_ == min_watermark ? min_watermark : started_ + interval_ms_;
}

checkpoint_order checkpoint_coordinator::start(timestamp_ms now) {
  demanded_ = false;
  started_ = now;
  ++newest_.value;
  pending_ = newest_;
  for (std::uint32_t t = 0; t < tasks_; ++t) {
    if (!finished_.contains(t)) missing_.insert(t);
  }
  return {kind::trigger, newest_};
}

checkpoint_order checkpoint_coordinator::on_acknowledged(std::uint32_t task, checkpoint_id id) {
  if (pending_ != id) return {};
  missing_.erase(task);
  return check();
}

checkpoint_order checkpoint_coordinator::on_task_finished(std::uint32_t task) {
  finished_.insert(task);
  if (!pending_) return {};
  missing_.erase(task);
  return check();
}

checkpoint_order checkpoint_coordinator::on_declined(checkpoint_id id) {
  if (pending_ != id) return {};
  pending_.reset();
  missing_.clear();
  return {kind::abort, id};
}

checkpoint_order checkpoint_coordinator::check() {
  if (!missing_.empty()) return {};
  last_complete_ = *std::exchange(pending_, std::nullopt);
  return {kind::complete, last_complete_};
}

}  // namespace millrace::coordination
