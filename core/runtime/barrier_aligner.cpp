#include "core/runtime/barrier_aligner.hpp"

#include <algorithm>

namespace millrace::runtime {

barrier_aligner::barrier_aligner(std::uint32_t channels) : arrived_(channels), ended_(channels) {}

alignment_action barrier_aligner::on_barrier(channel_id from, checkpoint_id barrier) {
  if (barrier < newest_ || (barrier == newest_ && !aligning_)) return alignment_action::ignore;
  if (barrier > newest_) {
    newest_ = barrier;
    aligning_ = true;
    arrived_.assign(arrived_.size(), false);
  }
  arrived_[from.value] = true;
  return check();
}

alignment_action barrier_aligner::on_end(channel_id channel) {
  ended_[channel.value] = true;
  return aligning_ ? check() : alignment_action::ignore;
}

void barrier_aligner::cancel(checkpoint_id barrier) {
  if (barrier < newest_) return;
  newest_ = barrier;
  aligning_ = false;
}

alignment_action barrier_aligner::check() {
  for (std::size_t c = 0; c < arrived_.size(); ++c) {
    if (!arrived_[c] && !ended_[c]) return alignment_action::block;
  }
  aligning_ = false;
  return alignment_action::complete;
}

}  // namespace millrace::runtime
