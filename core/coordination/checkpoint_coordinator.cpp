#include "core/coordination/checkpoint_coordinator.hpp"

#include <algorithm>
#include <utility>

namespace millrace::coordination {

using kind = checkpoint_order::kind;

checkpoint_coordinator::checkpoint_coordinator(std::uint32_t tasks, checkpoint_rules rules,
                                               checkpoint_id newest)
    : tasks_(tasks), rules_(rules), newest_(newest) {}

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
    if (storing_ || now - started_ < rules_.timeout_ms) return {};
    return on_declined(*pending_, now);
  }
  if (finished_.size() == tasks_) return {};
  return now >= next_time() ? start(now) : checkpoint_order{};
}

timestamp_ms checkpoint_coordinator::next_time() const {
  if (storing_) return max_watermark;
  if (pending_) return started_ + rules_.timeout_ms;
  if (demanded_) return min_watermark;
  if (rules_.interval_ms == 0) return max_watermark;
  if (started_ == min_watermark) return min_watermark;
  return std::max(started_ + rules_.interval_ms, settled_ + rules_.min_pause_ms);
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
  if (pending_ != id || storing_) return {};
  missing_.erase(task);
  return check();
}

checkpoint_order checkpoint_coordinator::on_task_finished(std::uint32_t task) {
  finished_.insert(task);
  if (!pending_ || storing_) return {};
  missing_.erase(task);
  return check();
}

checkpoint_order checkpoint_coordinator::on_stored(checkpoint_id id, timestamp_ms now) {
  if (pending_ != id || !storing_) return {};
  pending_.reset();
  storing_ = false;
  settled_ = now;
  failures_ = 0;
  last_complete_ = id;
  return {kind::complete, id};
}

checkpoint_order checkpoint_coordinator::on_declined(checkpoint_id id, timestamp_ms now) {
  if (pending_ != id) return {};
  pending_.reset();
  storing_ = false;
  missing_.clear();
  settled_ = now;
  ++failures_;
  return {kind::abort, id};
}

checkpoint_order checkpoint_coordinator::on_end(timestamp_ms now) {
  if (pending_) return {};
  started_ = now;
  ++newest_.value;
  pending_ = newest_;
  return check();
}

bool checkpoint_coordinator::failed_too_often() const {
  return rules_.tolerable_failures && failures_ > *rules_.tolerable_failures;
}

checkpoint_order checkpoint_coordinator::check() {
  if (!missing_.empty()) return {};
  storing_ = true;
  return {kind::store, *pending_};
}

}  // namespace millrace::coordination
