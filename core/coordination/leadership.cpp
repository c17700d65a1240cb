#include "core/coordination/leadership.hpp"

#include <algorithm>

namespace millrace::coordination {

using standing = leadership::standing;

namespace {

constexpr std::int64_t shortest_pause_ms = 100;
constexpr std::int64_t longest_pause_ms = 1000;

}  // namespace

standing leadership::on_round(timestamp_ms asked_at, const election_round& round) {
  if (standing_ == standing::leader && (!round.leads || round.epoch != epoch_)) {
    standing_ = standing::lost;
  }
  if (standing_ == standing::lost || !round.leads) return standing_;
  standing_ = standing::leader;
  epoch_ = round.epoch;
  if (term_ms_ > 0) until_ = asked_at + term_ms_ - term_ms_ / 10;
  return standing_;
}

standing leadership::on_time(timestamp_ms now) {
  if (standing_ == standing::leader && now >= until_) standing_ = standing::lost;
  return standing_;
}

std::int64_t leadership::pause_ms() const {
  if (term_ms_ == 0) return shortest_pause_ms;
  return std::clamp(term_ms_ / 6, shortest_pause_ms, longest_pause_ms);
}

}  // namespace millrace::coordination
