#include "actors/cluster/coordinator_state.hpp"

#include <algorithm>
#include <utility>

// What a new leader does with attempts that went on without one: their workers come back with what
// they have of them, and machines decide what becomes of it.

namespace millrace::actors {

using namespace coordination;

namespace {

// As their workers are used: a slot takes one subtask of every vertex.
job_placement placement_of(const job_graph& graph, const std::vector<std::uint32_t>& places,
                           std::vector<std::uint32_t> workers) {
  job_placement placed;
  placed.workers = std::move(workers);
  placed.places = places;
  placed.slots.resize(slots_needed(graph));
  const auto shared = share_slots(graph);
  for (std::size_t t = 0; t < shared.size(); ++t) placed.slots[shared[t]] = places[t];
  return placed;
}

}  // namespace

// Also of one that was being started or stopped: it may have come further than was written down.
void coordinator_state::expect(const job_entry& entry) {
  if (entry.phase == job_phase::cancelling || entry.attempt == 0) return;
  returning_.emplace(entry.attempt, returning{entry.definition.id,
                                              takeover(entry.attempt, entry.definition.plan_digest,
                                                       steady_ms(), parts_->options.takeover_ms),
                                              std::nullopt,
                                              {}});
}

void coordinator_state::take_report(const std::string& worker, const attempt_report& report) {
  const attempt_number attempt = report.order.attempt;
  const auto at = returning_.find(attempt);
  if (at == returning_.end()) {
    log("attempt " + std::to_string(attempt) + " is to stop on worker " + worker +
        ": nobody waits for it");
    return tell_to_stop(worker, attempt);
  }
  act(attempt, at->second.machine.on_report(worker, report));
}

// What a worker says behind its report is for the attempt's front, when there is one.
void coordinator_state::hold(const control_arrived& m, attempt_number attempt) {
  const auto at = returning_.find(attempt);
  if (at == returning_.end() || !at->second.machine.has_reported(m.from)) return;
  at->second.held.push_back(m);
  if (const auto* end = std::get_if<end_report>(&m.message->body)) {
    act(attempt, at->second.machine.on_ended(end->task));
  }
}

void coordinator_state::act(attempt_number attempt, takeover::verdict what) {
  using verdict = takeover::verdict;
  returning& r = returning_.at(attempt);
  switch (what) {
    case verdict::wait: return;
    case verdict::adopt: r.complete = true; return adopt_if_ready(attempt);
    case verdict::stop:
      r.complete = false;
      for (const std::string& worker : r.machine.workers()) tell_to_stop(worker, attempt);
      return;
    case verdict::restart: return restart(attempt);
  }
}

// Its keeper has opened the job's checkpoints by then, so that the leader before completes none.
void coordinator_state::adopt_if_ready(attempt_number attempt) {
  const returning& r = returning_.at(attempt);
  if (!r.complete || !r.wanted) return;
  returning taken = std::move(returning_.extract(attempt).mapped());
  adopt(*taken.wanted, std::make_shared<const adopted_attempt>(taken.machine.adopted()));
  for (const control_arrived& m : taken.held) self_->send(attempts_.at(attempt).front, m);
  serve_waiting();
}

void coordinator_state::adopt(const slots_wanted& wanted,
                              std::shared_ptr<const adopted_attempt> adopted) {
  const std::string& job = wanted.order.job.id;
  std::vector<std::uint32_t> workers;
  for (const auto& peer : adopted->order.peers) workers.push_back(registry_.find(peer.name)->id);
  const auto placed = placement_of(*wanted.graph, adopted->order.places, std::move(workers));
  log("job " + job + ": attempt " + std::to_string(adopted->order.attempt) + " goes on");
  deploy_order order = adopted->order;
  order.peers.clear();
  launch(wanted, placed, std::move(order), std::move(adopted));
}

void coordinator_state::stop_returning(const std::string& job) {
  const auto at = std::ranges::find(returning_, job, [](const auto& r) { return r.second.job; });
  if (at == returning_.end()) return;
  for (const std::string& worker : at->second.machine.workers()) tell_to_stop(worker, at->first);
  returning_.erase(at);
  serve_waiting();
}

void coordinator_state::restart(attempt_number attempt) {
  auto wanted = std::move(returning_.extract(attempt).mapped().wanted);
  log("attempt " + std::to_string(attempt) + " did not come back as a whole");
  if (wanted) waiting_.insert(waiting_.begin(), std::move(*wanted));
  serve_waiting();
}

void coordinator_state::look_at_returning(
    const std::function<takeover::verdict(takeover&)>& event) {
  std::vector<attempt_number> attempts;
  for (const auto& [attempt, r] : returning_) attempts.push_back(attempt);
  for (const attempt_number attempt : attempts) act(attempt, event(returning_.at(attempt).machine));
}

void coordinator_state::tell_to_stop(const std::string& worker, attempt_number attempt) {
  const known_worker* known = registry_.find(worker);
  if (known != nullptr) ways_.at(known->id).channel->send(stop_order{attempt});
}

}  // namespace millrace::actors
