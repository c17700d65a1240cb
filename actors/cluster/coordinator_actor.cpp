#include "actors/cluster/coordinator_actor.hpp"

#include "actors/cluster/coordinator_state.hpp"
#include "core/base/net_errors.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::actors {

using namespace coordination;

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
  if (const auto* report = std::get_if<attempt_report>(&body)) return take_report(m.from, *report);
  std::visit(
      [&](const auto& report) {
        if constexpr (requires { report.attempt; }) {
          const auto to = attempts_.find(report.attempt);
          if (to == attempts_.end()) return hold(m, report.attempt);
          self_->send(to->second.front, m);
        }
      },
      body);
}

std::string coordinator_state::refusal_of(const worker_greeting& greeting) const {
  const auto& tokens = parts_->options.tokens;
  if (!tokens.empty() && net::find_token(tokens, greeting.token) == nullptr) {
    return "its token is not the cluster's";
  }
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
  look_at_returning([now = steady_ms()](takeover& t) { return t.on_time(now); });
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
  look_at_returning([&](takeover& t) { return t.on_worker_gone(worker); });
  if (const auto way = ways_.extract(id)) parts_->links->close(way.mapped().link);
  show_workers();
}

void coordinator_state::drain(const std::string& worker) {
  const known_worker* known = registry_.find(worker);
  if (known == nullptr) return;
  registry_.set_draining(known->id, true);
  const error cause = make_error(net_peer_lost, "worker " + worker + " is being drained");
  for (const auto& [number, at] : attempts_) self_->send(at.front, worker_gone{worker, cause});
  show_workers();
}

namespace {

coordinator_handle::behavior_type run_coordinator(
    coordinator_handle::stateful_pointer<coordinator_state> self, coordinator_parts* parts) {
  return self->state.behavior(parts);
}

}  // namespace

coordinator_handle spawn_coordinator(caf::actor_system& system, coordinator_parts* parts,
                                     std::vector<job_entry> found) {
  auto actor = system.spawn<caf::detached>(run_coordinator, parts);
  // In front of all that workers say.
  caf::anon_send<caf::message_priority::high>(actor, jobs_found{std::move(found)});
  caf::anon_send(actor, heartbeat_tick{});
  return actor;
}

}  // namespace millrace::actors
