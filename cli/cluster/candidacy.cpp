#include "cli/cluster/candidacy.hpp"

#include "core/base/clock.hpp"

#include <chrono>
#include <utility>

namespace millrace::cli {

using coordination::leadership;

namespace {

timestamp_ms steady_ms() { return system_clock().steady_us() / 1000; }

}  // namespace

candidacy::candidacy(std::unique_ptr<coordination::leader_election> election,
                     candidacy_events events)
    : election_(std::move(election)),
      events_(std::move(events)),
      pause_ms_(leadership(election_->term_ms()).pause_ms()),
      standing_(election_->term_ms()) {
  rounds_ = std::thread([this] { stand(); });
  term_ = std::thread([this] { watch_term(); });
}

void candidacy::leave() {
  {
    const std::scoped_lock hold(mutex_);
    if (std::exchange(ending_, true)) return;
    changed_.notify_all();
  }
  rounds_.join();
  term_.join();
  election_->resign();
}

void candidacy::announce(coordination::leader_address own) {
  const std::scoped_lock hold(mutex_);
  own_ = std::move(own);
  hurry_ = true;
  changed_.notify_all();
}

std::uint64_t candidacy::epoch() const {
  const std::scoped_lock hold(mutex_);
  return standing_.epoch();
}

coordination::leader_address candidacy::leader() const {
  const std::scoped_lock hold(mutex_);
  return leader_;
}

void candidacy::stand() {
  std::unique_lock hold(mutex_);
  while (!ending_) {
    hurry_ = false;
    hold.unlock();
    hold_round();
    hold.lock();
    changed_.wait_for(hold, std::chrono::milliseconds(pause_ms_),
                      [this] { return ending_ || hurry_; });
  }
}

void candidacy::hold_round() {
  coordination::leader_address own;
  {
    const std::scoped_lock hold(mutex_);
    own = own_;
  }
  const timestamp_ms asked_at = steady_ms();
  take(asked_at, election_->campaign(own));
}

void candidacy::take(timestamp_ms asked_at, const result<coordination::election_round>& round) {
  std::unique_lock hold(mutex_);
  const auto before = standing_.now();
  if (!round) {
    const bool known = std::exchange(trouble_, round.error().message) == round.error().message;
    hold.unlock();
    if (!known) events_.log("no word on who leads: " + round.error().message);
    return;
  }
  trouble_.clear();
  const bool other = std::exchange(leader_, round->leader).rest != round->leader.rest;
  const auto after = standing_.on_round(asked_at, *round);
  changed_.notify_all();
  hold.unlock();
  if (other && after == leadership::standing::candidate && !round->leader.rest.empty()) {
    events_.log("coordinator: the leader is at " + round->leader.rest);
  }
  if (before == after) return;
  if (after == leadership::standing::leader) events_.on_elected();
  if (after == leadership::standing::lost) events_.on_lost("another coordinator was elected");
}

void candidacy::watch_term() {
  std::unique_lock hold(mutex_);
  while (!ending_) {
    const timestamp_ms until = standing_.leads_until();
    if (until == max_watermark) {
      changed_.wait(hold);
      continue;
    }
    changed_.wait_for(hold, std::chrono::milliseconds(until - steady_ms()));
    if (ending_ || standing_.now() != leadership::standing::leader) continue;
    if (standing_.on_time(steady_ms()) != leadership::standing::lost) continue;
    hold.unlock();
    return events_.on_lost("the election could not be renewed in time");
  }
}

}  // namespace millrace::cli
