#include "actors/cluster/coordinator_state.hpp"

#include <algorithm>
#include <utility>

// What the coordinator does with slots: requests wait in the order they came.

namespace millrace::actors {

using namespace coordination;

void coordinator_state::want(slots_wanted& m) {
  for (auto& [attempt, r] : returning_) {
    if (r.job != m.order.job.id) continue;
    r.wanted = std::move(m);
    return adopt_if_ready(attempt);
  }
  if (!returning_.empty() || !grant(m)) waiting_.push_back(std::move(m));
}

void coordinator_state::release(const std::string& job) {
  registry_.release(job);
  stop_returning(job);
  for (const auto& [number, at] : attempts_) {
    if (at.job == job) self_->send(at.front, task_order{.what = task_order::kind::stop});
  }
  std::erase_if(waiting_, [&](const slots_wanted& w) { return w.order.job.id == job; });
  serve_waiting();
}

// Whatever comes back from the leader before keeps the slots that it has.
void coordinator_state::serve_waiting() {
  if (returning_.empty()) {
    std::erase_if(waiting_, [this](const slots_wanted& w) { return grant(w); });
  }
  show_workers();
}

bool coordinator_state::grant(const slots_wanted& m) {
  const std::string& job = m.order.job.id;
  const auto offers = registry_.offers();
  const auto placed = place(*m.graph, offers, strategy_, slots_before(job));
  if (placed.missing > 0) {
    self_->send(m.keeper, slots_missing{placed.missing});
    return false;
  }
  const auto number = catalogue_.on_deploy(job);
  if (!number) return true;  // nobody wants it any more
  if (auto kept = publish(); !kept) log(kept.error().message);
  deploy_order order = m.order;
  order.attempt = *number;
  order.places = placed.places;
  launch(m, placed, std::move(order), nullptr);
  return true;
}

void coordinator_state::launch(const slots_wanted& m, const job_placement& placed,
                               deploy_order order, std::shared_ptr<const adopted_attempt> adopted) {
  const std::string job = m.order.job.id;
  registry_.allocate(job, placed);
  std::vector<attempt_peer> peers;
  attempt_granted granted{order.attempt, {}, {}, {}, adopted};
  for (const std::uint32_t id : placed.workers) {
    const known_worker& worker = *registry_.find(id);
    peers.push_back({worker.name, worker.data_endpoint, ways_.at(id).channel});
    granted.workers.push_back(worker.name);
  }
  for (const std::uint32_t p : placed.places) granted.places.push_back(granted.workers[p]);
  granted.front =
      spawn_attempt_front(self_->system(), std::move(order), std::move(peers), std::move(adopted));
  self_->monitor(granted.front);
  attempts_[granted.attempt] = {job, granted.front};
  remember_slots(job, placed);
  self_->send(m.keeper, std::move(granted));
}

// Files of a slot's state lie on its worker, if that still lives.
std::vector<std::uint32_t> coordinator_state::slots_before(const std::string& job) const {
  std::vector<std::uint32_t> ids;
  const auto known = held_.find(job);
  if (known == held_.end()) return ids;
  for (const std::string& worker : known->second) {
    const known_worker* alive = registry_.find(worker);
    ids.push_back(alive == nullptr ? 0 : alive->id);
  }
  return ids;
}

void coordinator_state::remember_slots(const std::string& job, const job_placement& placed) {
  std::vector<std::string>& names = held_[job];
  names.clear();
  for (const std::uint32_t slot : placed.slots) {
    names.push_back(registry_.find(placed.workers[slot])->name);
  }
}

void coordinator_state::show_workers() {
  std::vector<cluster_worker> all;
  for (const auto& [id, w] : registry_.workers()) {
    all.push_back({w.name, w.data_endpoint, w.slots, w.slots - std::min(w.slots, w.used),
                   w.draining, steady_ms() - w.heard});
  }
  parts_->board.set_workers(std::move(all));
}

}  // namespace millrace::actors
