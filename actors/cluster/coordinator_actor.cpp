#include "actors/cluster/coordinator_actor.hpp"

#include "core/base/net_errors.hpp"
#include "core/coordination/job_catalogue.hpp"
#include "core/coordination/worker_registry.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace millrace::actors {

namespace {

using namespace coordination;

class coordinator_state {
 public:
  static inline const char* name = "coordinator";
  using self_pointer = coordinator_handle::stateful_pointer<coordinator_state>;

  explicit coordinator_state(self_pointer self) : self_(self) {}
  coordinator_handle::behavior_type behavior(coordinator_parts* parts);

 private:
  struct attempt {
    std::string job;
    attempt_front_handle front;
  };

  void take(const control_arrived& m);
  void admit(const worker_greeting& greeting);
  [[nodiscard]] std::string refusal_of(const worker_greeting& greeting) const;
  void on_lost(const peer_lost& m);
  void on_tick();
  void bury(std::uint32_t id, const std::string& worker, const error& cause);
  void submit(job_submitted& m);
  void take_up(std::vector<job_entry> found);
  void keep(job_definition definition, const std::string& savepoint);
  void redefine(const job_redefined& m);
  void cancel(const std::string& job);
  void follow(job_progress& m);
  result<void> publish();
  void want(slots_wanted& m);
  void release(const std::string& job);
  void drain(const std::string& worker);
  void serve_waiting();
  [[nodiscard]] bool grant(const slots_wanted& m);
  [[nodiscard]] std::vector<std::uint32_t> slots_before(const std::string& job) const;
  void remember_slots(const std::string& job, const job_placement& placed);
  void show_workers();
  [[nodiscard]] static timestamp_ms steady_ms() { return system_clock().steady_us() / 1000; }
  void log(const std::string& what) { parts_->options.log(what); }

  self_pointer self_;
  coordinator_parts* parts_ = nullptr;
  worker_registry registry_;
  job_catalogue catalogue_;
  std::map<std::uint32_t, control_links::way> ways_;  // by worker's id
  std::map<std::string, job_keeper_handle> keepers_;  // by job
  std::map<attempt_number, attempt> attempts_;
  std::vector<slots_wanted> waiting_;                     // in the order they came
  std::map<std::string, std::vector<std::string>> held_;  // workers by slot, per job
  placement_strategy strategy_ = placement_strategy::spread;
  std::uint64_t beats_ = 0;
};

coordinator_handle::behavior_type coordinator_state::behavior(coordinator_parts* parts) {
  parts_ = parts;
  registry_ = worker_registry(parts->options.silence_ms);
  if (parts->options.pack_slots) strategy_ = placement_strategy::pack;
  self_->set_down_handler([this](const caf::down_msg& down) {
    std::erase_if(keepers_, [&](const auto& k) { return k.second == down.source; });
    std::erase_if(attempts_, [&](const auto& a) { return a.second.front == down.source; });
  });
  return {
      [this](const control_arrived& m) { take(m); },
      [this](const peer_lost& m) { on_lost(m); },
      [this](const heartbeat_tick&) { on_tick(); },
      [this](slots_wanted& m) { want(m); },
      [this](const slots_released& m) { release(m.job); },
      [this](job_submitted& m) { submit(m); },
      [this](const job_redefined& m) { redefine(m); },
      [this](const job_cancelled& m) { cancel(m.job); },
      [this](job_progress& m) { follow(m); },
      [this](jobs_found& m) { take_up(std::move(m.entries)); },
      [this](const worker_drained& m) { drain(m.worker); },
      [this](const leave_cluster&) { self_->quit(); },
  };
}

// A worker that is not known has to greet again; nothing that it says counts until then.
void coordinator_state::take(const control_arrived& m) {
  const control_body& body = m.message->body;
  if (const auto* greeting = std::get_if<worker_greeting>(&body)) return admit(*greeting);
  const known_worker* worker = registry_.find(m.from);
  if (worker == nullptr) return;
  registry_.on_heartbeat(worker->id, steady_ms());
  std::visit(
      [&](const auto& report) {
        if constexpr (requires { report.attempt; }) {
          const auto to = attempts_.find(report.attempt);
          if (to != attempts_.end()) self_->send(to->second.front, m);
        }
      },
      body);
}

std::string coordinator_state::refusal_of(const worker_greeting& greeting) const {
  if (greeting.token != parts_->options.token) return "its token is not the cluster's";
  if (greeting.version != parts_->options.version) {
    return "it runs " + greeting.version + ", the cluster runs " + parts_->options.version;
  }
  return {};
}

void coordinator_state::admit(const worker_greeting& greeting) {
  if (const std::string why = refusal_of(greeting); !why.empty()) {
    return log("turned worker " + greeting.name + " away: " + why);
  }
  const auto admitted = registry_.on_greeting(greeting, steady_ms());
  if (admitted.replaced) {
    bury(*admitted.replaced, greeting.name,
         make_error(net_peer_lost, "worker " + greeting.name + " has started again"));
  }
  auto way = parts_->links->connect(greeting.control_endpoint);
  way.channel->send(worker_welcome{admitted.id});
  ways_[admitted.id] = std::move(way);
  log("worker " + greeting.name + " joined with " + std::to_string(greeting.slots) + " slots");
  serve_waiting();
}

void coordinator_state::on_lost(const peer_lost& m) {
  const auto lost = std::ranges::find_if(
      ways_, [&](const auto& entry) { return entry.second.link.value == m.link; });
  if (lost == ways_.end()) return;
  const std::uint32_t id = lost->first;
  const known_worker* worker = registry_.find(id);
  const std::string worker_name = worker == nullptr ? "" : worker->name;
  registry_.on_link_down(id);
  bury(id, worker_name,
       make_error(net_peer_lost, "worker " + worker_name + " is gone: " + m.cause.message));
}

void coordinator_state::on_tick() {
  const auto names = registry_.workers();
  for (const std::uint32_t dead : registry_.on_time(steady_ms())) {
    const std::string& worker = names.at(dead).name;
    bury(dead, worker,
         make_error(net_peer_lost, "worker " + worker + " has been silent for " +
                                       std::to_string(parts_->options.silence_ms) + " ms"));
  }
  ++beats_;
  for (const auto& [id, way] : ways_) way.channel->send(heartbeat{beats_});
  show_workers();
  self_->delayed_send(self_, std::chrono::milliseconds(parts_->options.heartbeat_ms),
                      heartbeat_tick{});
}

// The registry has forgotten it by now.
void coordinator_state::bury(std::uint32_t id, const std::string& worker, const error& cause) {
  log(cause.message);
  for (const auto& [number, at] : attempts_) self_->send(at.front, worker_gone{worker, cause});
  if (const auto way = ways_.extract(id)) parts_->links->close(way.mapped().link);
  show_workers();
}

void coordinator_state::submit(job_submitted& m) {
  const job_definition definition = m.definition;
  auto taken =
      catalogue_.on_submit(m.name, std::move(m.definition), m.savepoint, system_clock().now());
  if (taken.ok()) taken = publish();
  const bool ok = taken.ok();
  m.taken->set_value(std::move(taken));
  if (ok) keep(definition, m.savepoint);
}

void coordinator_state::take_up(std::vector<job_entry> found) {
  catalogue_ = job_catalogue(std::move(found));
  for (const job_entry* entry : catalogue_.list()) parts_->board.set_entry(*entry);
  for (const job_entry* entry : catalogue_.unfinished()) {
    log("job " + entry->definition.id + ": taken up again");
    keep(entry->definition, entry->savepoint);
    if (entry->phase == job_phase::cancelling) cancel(entry->definition.id);
  }
}

void coordinator_state::keep(job_definition definition, const std::string& savepoint) {
  const coordinator_options& o = parts_->options;
  const std::string id = definition.id;
  keeper_options options{parts_->in,        &parts_->board, o.compile, o.checkpoint_directory,
                         o.log_checkpoints, o.log};
  auto keeper = spawn_job_keeper(self_->system(), std::move(definition), savepoint,
                                 coordinator_handle(self_), std::move(options));
  self_->monitor(keeper);
  keepers_[id] = std::move(keeper);
}

void coordinator_state::redefine(const job_redefined& m) {
  catalogue_.on_redefine(m.definition);
  if (auto kept = publish(); !kept) log(kept.error().message);
  const auto keeper = keepers_.find(m.definition.id);
  if (keeper != keepers_.end()) self_->send(keeper->second, m);
}

void coordinator_state::cancel(const std::string& job) {
  catalogue_.on_cancel(job);
  if (auto kept = publish(); !kept) log(kept.error().message);
  const auto keeper = keepers_.find(job);
  if (keeper != keepers_.end()) self_->send(keeper->second, cancel_job{});
}

void coordinator_state::follow(job_progress& m) {
  const timestamp_ms now = system_clock().now();
  using kind = job_progress::kind;
  switch (m.what) {
    case kind::running: catalogue_.on_running(m.job, now); break;
    case kind::restarting: catalogue_.on_failure(m.job, std::move(m.why), true); break;
    case kind::failed: catalogue_.on_failure(m.job, std::move(m.why), false); break;
    case kind::finished: catalogue_.on_finished(m.job, now); break;
    case kind::cancelled: catalogue_.on_cancelled(m.job, now); break;
  }
  if (auto kept = publish(); !kept) log(kept.error().message);
  const job_entry* entry = catalogue_.find(m.job);
  if (entry != nullptr && has_ended(entry->phase)) held_.erase(m.job);
  if (entry != nullptr) log("job " + m.job + ": " + std::string(to_text(entry->phase)));
}

// Durable first, then to be seen.
result<void> coordinator_state::publish() {
  result<void> stored;
  for (const catalogue_change& change : catalogue_.take_changes()) {
    if (parts_->store) {
      auto done =
          change.entry ? parts_->store->put(*change.entry) : parts_->store->erase(change.id);
      if (!done) stored = std::move(done);
    }
    if (change.entry) {
      parts_->board.set_entry(*change.entry);
    } else {
      parts_->board.erase(change.id);
    }
  }
  return stored;
}

void coordinator_state::want(slots_wanted& m) {
  if (!grant(m)) waiting_.push_back(std::move(m));
}

void coordinator_state::release(const std::string& job) {
  registry_.release(job);
  std::erase_if(waiting_, [&](const slots_wanted& w) { return w.order.job.id == job; });
  serve_waiting();
}

void coordinator_state::drain(const std::string& worker) {
  const known_worker* known = registry_.find(worker);
  if (known == nullptr) return;
  registry_.set_draining(known->id, true);
  const error cause = make_error(net_peer_lost, "worker " + worker + " is being drained");
  for (const auto& [number, at] : attempts_) self_->send(at.front, worker_gone{worker, cause});
  show_workers();
}

void coordinator_state::serve_waiting() {
  std::erase_if(waiting_, [this](const slots_wanted& w) { return grant(w); });
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
  registry_.allocate(job, placed);
  deploy_order order = m.order;
  order.attempt = *number;
  order.places = placed.places;
  std::vector<attempt_peer> peers;
  attempt_granted granted{order.attempt, {}, {}};
  for (const std::uint32_t id : placed.workers) {
    const known_worker& worker = *registry_.find(id);
    peers.push_back({worker.name, worker.data_endpoint, ways_.at(id).channel});
    granted.workers.push_back(worker.name);
  }
  granted.front = spawn_attempt_front(self_->system(), std::move(order), std::move(peers));
  self_->monitor(granted.front);
  attempts_[granted.attempt] = {job, granted.front};
  remember_slots(job, placed);
  self_->send(m.keeper, std::move(granted));
  return true;
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

coordinator_handle::behavior_type run_coordinator(
    coordinator_handle::stateful_pointer<coordinator_state> self, coordinator_parts* parts) {
  return self->state.behavior(parts);
}

}  // namespace

coordinator_handle spawn_coordinator(caf::actor_system& system, coordinator_parts* parts,
                                     std::vector<job_entry> found) {
  auto actor = system.spawn<caf::detached>(run_coordinator, parts);
  caf::anon_send(actor, jobs_found{std::move(found)});
  caf::anon_send(actor, heartbeat_tick{});
  return actor;
}

}  // namespace millrace::actors
