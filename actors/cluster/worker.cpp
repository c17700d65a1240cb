#include "actors/cluster/worker.hpp"

#include "actors/cluster/actor_door.hpp"
#include "actors/cluster/attempt_agent.hpp"
#include "actors/cluster/control_links.hpp"
#include "actors/cluster/switched_channel.hpp"
#include "actors/protocol/cluster_messages.hpp"
#include "net/transport/data_plane.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

namespace millrace::actors {

namespace {

using namespace coordination;

using worker_handle = caf::typed_actor<caf::reacts_to<launch_job>, caf::reacts_to<control_arrived>,
                                       caf::reacts_to<peer_lost>, caf::reacts_to<heartbeat_tick>,
                                       caf::reacts_to<leave_cluster>>;

// Between two looks for the coordinator that leads.
constexpr std::int64_t longest_search_ms = 100;

/// What the worker's actor works with; made before it and gone after it.
struct worker_parts {
  worker_options options;
  engine* in = nullptr;
  std::unique_ptr<net::data_plane> data;
  std::unique_ptr<control_links> links;
  std::atomic<bool> joined = false;
};

class worker_state {
 public:
  static inline const char* name = "worker";
  using self_pointer = worker_handle::stateful_pointer<worker_state>;

  explicit worker_state(self_pointer self) : self_(self) {}
  worker_handle::behavior_type behavior(worker_parts* parts);

 private:
  void greet();
  void take(const control_arrived& m);
  void on_lost(const peer_lost& m);
  void on_tick();
  void lose_coordinator(const std::string& why);
  void give_up_orphans();
  void welcome(const control_message& m);
  void deploy(const deploy_order& order);
  void on_agent_down(const caf::down_msg& down);
  void leave();
  void quit_if_done();

  self_pointer self_;
  worker_parts* parts_ = nullptr;
  std::vector<std::string> doors_;  // where the leader may be
  std::size_t next_door_ = 0;
  std::string greeted_;  // the newest of them
  std::optional<control_links::way> coordinator_;
  /// What the agents send over.
  std::shared_ptr<switched_channel> to_leader_ = std::make_shared<switched_channel>();
  std::int64_t lost_us_ = 0;  // when there was a coordinator last
  bool welcome_ = false;
  bool leaving_ = false;
  std::string not_joined_;  // why, as told last
  std::uint64_t epoch_ = 0;
  std::uint64_t beats_ = 0;
  std::int64_t heard_us_ = 0;  // when the coordinator said something last, or was greeted
  std::map<attempt_number, attempt_agent_handle> agents_;
};

worker_handle::behavior_type worker_state::behavior(worker_parts* parts) {
  parts_ = parts;
  self_->set_down_handler([this](const caf::down_msg& down) { on_agent_down(down); });
  return {
      [this](const launch_job&) {
        greet();
        on_tick();
      },
      [this](const control_arrived& m) { take(m); },
      [this](const peer_lost& m) { on_lost(m); },
      [this](const heartbeat_tick&) { on_tick(); },
      [this](const leave_cluster&) { leave(); },
  };
}

void worker_state::greet() {
  const worker_options& o = parts_->options;
  if (next_door_ >= doors_.size()) {
    doors_ = o.coordinators();
    next_door_ = 0;
  }
  if (doors_.empty()) return;
  greeted_ = doors_[next_door_++];
  coordinator_ = parts_->links->connect(greeted_);
  heard_us_ = system_clock().steady_us();
  coordinator_->channel->send(worker_greeting{
      o.name, parts_->links->endpoint(), parts_->data->endpoint(), o.slots, o.version, o.token});
}

void worker_state::take(const control_arrived& m) {
  if (m.message->epoch < epoch_) return;  // of a leader that is none any more
  heard_us_ = system_clock().steady_us();
  const control_body& body = m.message->body;
  if (std::holds_alternative<worker_welcome>(body)) return welcome(*m.message);
  if (const auto* order = std::get_if<deploy_order>(&body)) return deploy(*order);
  std::visit(
      [&](const auto& order) {
        if constexpr (requires { order.attempt; }) {
          const auto agent = agents_.find(order.attempt);
          if (agent == agents_.end()) return;
          self_->send<caf::message_priority::high>(agent->second, m);
        }
      },
      body);
}

void worker_state::welcome(const control_message& m) {
  if (!coordinator_) return;  // late: it has been given up, and is greeted again
  epoch_ = m.epoch;
  parts_->links->set_epoch(epoch_);
  parts_->joined = true;
  to_leader_->lead_to(coordinator_->channel);
  for (const auto& [attempt, agent] : agents_) {
    self_->send<caf::message_priority::high>(agent, report_wanted{});
  }
  if (!std::exchange(welcome_, true)) {
    parts_->options.log("joined the cluster at " + greeted_);
  }
}

void worker_state::deploy(const deploy_order& order) {
  const agent_options options{.worker = parts_->options.name,
                              .coordinator = to_leader_,
                              .data = parts_->data.get(),
                              .compile = parts_->options.compile,
                              .checkpoint_directory = parts_->options.checkpoint_directory,
                              .budget = &parts_->in->budget(),
                              .memory_limited = parts_->in->options().memory_bytes > 0,
                              .io = &parts_->in->io()};
  auto agent = spawn_attempt_agent(self_->system(), order, options);
  self_->monitor(agent);
  agents_[order.attempt] = std::move(agent);
}

void worker_state::on_lost(const peer_lost& m) {
  if (!coordinator_ || coordinator_->link.value != m.link) return;
  lose_coordinator(m.cause.message + (m.cause.hint.empty() ? "" : "; " + m.cause.hint));
}

void worker_state::on_tick() {
  if (leaving_) return;
  const worker_options& o = parts_->options;
  const std::int64_t silence_us = system_clock().steady_us() - heard_us_;
  if (coordinator_ && silence_us > o.silence_ms * 1000) {
    lose_coordinator("no word for " + std::to_string(o.silence_ms) + " ms");
  }
  give_up_orphans();
  if (!coordinator_) {
    greet();
  } else if (welcome_) {
    coordinator_->channel->send(heartbeat{++beats_});
  }
  const std::int64_t pause =
      welcome_ ? o.heartbeat_ms : std::min(o.heartbeat_ms, longest_search_ms);
  self_->delayed_send(self_, std::chrono::milliseconds(pause), heartbeat_tick{});
}

void worker_state::lose_coordinator(const std::string& why) {
  parts_->joined = false;
  if (std::exchange(welcome_, false)) {
    lost_us_ = system_clock().steady_us();
    to_leader_->lead_to(nullptr);
    parts_->options.log("lost the coordinator (" + why + "), looks for another; " +
                        std::to_string(agents_.size()) + " job attempts go on");
  } else if (why != not_joined_) {
    parts_->options.log("cannot join the cluster at " + greeted_ + " (" + why + "), tries again");
  }
  not_joined_ = why;
  parts_->links->close(coordinator_->link);
  coordinator_.reset();
}

// Whoever leads has started the jobs elsewhere by now.
void worker_state::give_up_orphans() {
  const std::int64_t alone_us = system_clock().steady_us() - lost_us_;
  if (welcome_ || agents_.empty() || alone_us < parts_->options.orphan_ms * 1000) return;
  parts_->options.log("no coordinator for " + std::to_string(alone_us / 1000) + " ms, stops " +
                      std::to_string(agents_.size()) + " job attempts");
  for (const auto& [attempt, agent] : agents_) self_->send(agent, cancel_job{});
  lost_us_ = system_clock().steady_us();
}

void worker_state::on_agent_down(const caf::down_msg& down) {
  std::erase_if(agents_, [&](const auto& entry) { return entry.second == down.source; });
  quit_if_done();
}

void worker_state::leave() {
  leaving_ = true;
  for (const auto& [attempt, agent] : agents_) self_->send(agent, cancel_job{});
  quit_if_done();
}

void worker_state::quit_if_done() {
  if (leaving_ && agents_.empty()) self_->quit();
}

worker_handle::behavior_type run_worker(worker_handle::stateful_pointer<worker_state> self,
                                        worker_parts* parts) {
  return self->state.behavior(parts);
}

class running_worker final : public worker {
 public:
  explicit running_worker(std::unique_ptr<worker_parts> parts, caf::actor_system& system)
      : parts_(std::move(parts)), system_(system) {}
  ~running_worker() override { stop(); }

  result<void> start() {
    worker_options& o = parts_->options;
    const std::string listen = "tcp://" + o.listen + ":0";
    net::data_plane_options data;
    data.name = o.name;
    data.listen = listen;
    data.advertise = o.advertise;
    data.keys = o.keys;
    data.silence_ms = o.silence_ms;
    MILLRACE_TRY(parts_->data, net::data_plane::open(std::move(data)));
    net::hub_options hub;
    hub.name = o.name;
    hub.listen = listen;
    hub.advertise = o.advertise;
    hub.keys = o.keys;
    hub.silence_ms = o.silence_ms;
    MILLRACE_TRY(parts_->links, control_links::open(std::move(hub), tell_of_links(door_, o.log)));
    actor_ = system_.spawn<caf::detached>(run_worker, parts_.get());
    door_->open(actor_);
    caf::anon_send(actor_, launch_job{});
    return {};
  }

  bool joined() const override { return parts_->joined; }

  void stop() override {
    if (!actor_) return;
    caf::scoped_actor waiter(system_);
    caf::anon_send(actor_, leave_cluster{});
    waiter->wait_for(actor_);
    door_->shut();
    actor_ = worker_handle();
  }

 private:
  std::unique_ptr<worker_parts> parts_;
  caf::actor_system& system_;
  std::shared_ptr<actor_door<worker_handle>> door_ = std::make_shared<actor_door<worker_handle>>();
  worker_handle actor_;
};

}  // namespace

result<std::unique_ptr<worker>> worker::start(engine& in, worker_options options) {
  auto parts = std::make_unique<worker_parts>();
  parts->options = std::move(options);
  parts->in = &in;
  auto made = std::make_unique<running_worker>(std::move(parts), in.system());
  MILLRACE_CHECK(made->start());
  return std::unique_ptr<worker>(std::move(made));
}

}  // namespace millrace::actors
