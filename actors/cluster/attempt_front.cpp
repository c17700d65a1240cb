#include "actors/cluster/attempt_front.hpp"

#include "actors/cluster/remote_task.hpp"
#include "actors/cluster/task_reports.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace millrace::actors {

namespace {

using namespace coordination;

std::vector<runtime::sink_committable> as_work(
    const std::vector<std::pair<std::uint32_t, std::string>>& plain) {
  std::vector<runtime::sink_committable> work;
  for (const auto& [node, bytes] : plain) work.push_back({node, {bytes}});
  return work;
}

class front_state {
 public:
  static inline const char* name = "attempt-front";
  using self_pointer = attempt_front_handle::stateful_pointer<front_state>;

  explicit front_state(self_pointer self) : self_(self) {}
  attempt_front_handle::behavior_type behavior(deploy_order order, std::vector<attempt_peer> peers,
                                               const adopted_attempt* adopted);

 private:
  void adopt(const adopted_attempt& adopted);
  void launch(front_launch& m);
  void take(const control_arrived& m);
  void stop();
  void take(const task_order& m);
  void on(const std::string& from, const attempt_deployed& m);
  void on(const std::string&, const split_request& m);
  void on(const std::string&, const coordination::checkpoint_request&);
  void on(const std::string&, const state_report& m);
  void on(const std::string&, const task_report& m);
  void on(const std::string&, const end_report& m);
  void on_worker_gone(const worker_gone& m);
  void fail_tasks_of(const std::string& worker, const error& cause);
  void start_if_ready();
  void settle(const checkpoint_settled& m);
  void leave();
  [[nodiscard]] const std::string& worker_of(std::uint32_t task) const {
    return order_.peers[order_.places[task]].name;
  }
  [[nodiscard]] bool is_open(std::uint32_t task) const {
    return task < ended_.size() && !ended_[task];
  }
  void end(task_ended report);
  void tell(std::uint32_t task, control_body message);
  template <class Message>
  void tell_all(const Message& message);

  self_pointer self_;
  deploy_order order_;
  std::vector<attempt_peer> peers_;
  std::vector<task_handle> proxies_;
  std::vector<std::shared_ptr<runtime::task_metrics>> counters_;
  job_master_handle master_;
  std::map<std::string, error> gone_;  // workers, and why
  std::set<std::string> undeployed_;
  std::vector<bool> ended_;  // by task
  bool start_wanted_ = false;
  bool started_ = false;
  bool stopped_ = false;
  bool adopted_ = false;                       // the tasks run already
  std::vector<control_arrived> held_;          // until there is a master
  std::optional<checkpoint_settled> settled_;  // the newest that workers were told of
};

attempt_front_handle::behavior_type front_state::behavior(deploy_order order,
                                                          std::vector<attempt_peer> peers,
                                                          const adopted_attempt* adopted) {
  order_ = std::move(order);
  peers_ = std::move(peers);
  for (const attempt_peer& p : peers_) {
    order_.peers.push_back({p.name, p.data_endpoint});
    undeployed_.insert(p.name);
  }
  ended_.resize(order_.places.size(), false);
  if (adopted != nullptr) adopt(*adopted);
  self_->set_down_handler([this](const caf::down_msg&) { leave(); });
  return {
      [this](front_launch& m) { launch(m); },
      [this](const task_order& m) { take(m); },
      [this](const control_arrived& m) { take(m); },
      [this](const worker_gone& m) { on_worker_gone(m); },
  };
}

// The master is told of those that have ended by what was adopted.
void front_state::adopt(const adopted_attempt& adopted) {
  adopted_ = start_wanted_ = started_ = true;
  undeployed_.clear();
  for (const attempt_report::part& part : adopted.parts) {
    if (part.end) ended_[part.task] = true;
  }
}

void front_state::take(const control_arrived& m) {
  if (!master_) return held_.push_back(m);
  std::visit(
      [&](const auto& body) {
        if constexpr (requires { this->on(m.from, body); }) on(m.from, body);
      },
      m.message->body);
}

void front_state::launch(front_launch& m) {
  master_ = m.master;
  proxies_ = std::move(m.proxies);
  counters_ = std::move(m.counters);
  self_->monitor(master_);
  if (!adopted_) tell_all(order_);
  for (const checkpoint_settled& settled : m.settled) settle(settled);
  for (const auto& [worker, cause] : gone_) fail_tasks_of(worker, cause);
  for (const control_arrived& held : std::exchange(held_, {})) take(held);
}

// What a master tells all of its tasks goes to each worker once.
void front_state::take(const task_order& m) {
  switch (m.what) {
    case task_order::kind::start: start_wanted_ = true; return start_if_ready();
    case task_order::kind::stop: return stop();
    case task_order::kind::split:
      return tell(m.task, split_order{order_.attempt, m.task, m.split.split});
    case task_order::kind::barrier:
      return tell(m.task, barrier_order{order_.attempt, m.task, m.barrier.barrier});
    case task_order::kind::settle: return settle(m.settled);
  }
}

void front_state::stop() {
  if (!std::exchange(stopped_, true)) tell_all(stop_order{order_.attempt});
  if (!master_) leave();
}

void front_state::settle(const checkpoint_settled& m) {
  if (settled_ && settled_->id == m.id && settled_->complete == m.complete) return;
  settled_ = m;
  tell_all(settle_order{order_.attempt, m.id, m.complete});
}

void front_state::start_if_ready() {
  if (!start_wanted_ || !undeployed_.empty() || std::exchange(started_, true)) return;
  tell_all(start_order{order_.attempt});
}

void front_state::on(const std::string& from, const attempt_deployed& m) {
  if (m.failure) return fail_tasks_of(from, *m.failure);
  undeployed_.erase(from);
  start_if_ready();
}

void front_state::on(const std::string&, const split_request& m) {
  if (is_open(m.task)) self_->send(master_, split_wanted{m.task});
}

void front_state::on(const std::string&, const coordination::checkpoint_request&) {
  self_->send(master_, checkpoint_wanted{});
}

void front_state::on(const std::string&, const state_report& m) {
  if (!is_open(m.task)) return;
  auto snapshot = std::make_shared<runtime::task_snapshot>();
  snapshot->barrier.id = m.checkpoint;
  snapshot->watermark = m.watermark;
  snapshot->splits = m.splits;
  snapshot->finished_splits = m.finished_splits;
  snapshot->committables = as_work(m.committables);
  self_->send(master_, states_written{m.task, std::move(snapshot), m.states, m.failure});
}

void front_state::on(const std::string&, const task_report& m) {
  if (m.task < counters_.size()) take_report(m, *counters_[m.task]);
}

void front_state::on(const std::string&, const end_report& m) {
  task_ended report{m.task, static_cast<task_ended::how>(m.end), m.cause, {}};
  if (m.end == end_report::how::failed && !m.cause) {
    report.cause = make_error(errc::internal, "a task failed without a cause");
  }
  report.left.committables = as_work(m.committables);
  report.left.finished_splits = m.finished_splits;
  end(std::move(report));
}

void front_state::on_worker_gone(const worker_gone& m) {
  if (gone_.contains(m.name)) return;
  // It may be alive, and only silent, or drained.
  for (const attempt_peer& peer : peers_) {
    if (peer.name == m.name) peer.channel->send(stop_order{order_.attempt});
  }
  gone_.emplace(m.name, m.cause);
  if (master_) fail_tasks_of(m.name, m.cause);
}

void front_state::fail_tasks_of(const std::string& worker, const error& cause) {
  for (std::uint32_t t = 0; t < ended_.size(); ++t) {
    if (worker_of(t) != worker) continue;
    end({t, task_ended::how::failed, cause, {}});
  }
}

void front_state::end(task_ended report) {
  if (!is_open(report.task)) return;
  ended_[report.task] = true;
  self_->send(master_, std::move(report));
}

// The master has ended: nobody is left to tell.
void front_state::leave() {
  for (const task_handle& proxy : proxies_) {
    self_->send_exit(proxy, caf::exit_reason::user_shutdown);
  }
  self_->quit();
}

void front_state::tell(std::uint32_t task, control_body message) {
  if (!is_open(task)) return;
  peers_[order_.places[task]].channel->send(std::move(message));
}

template <class Message>
void front_state::tell_all(const Message& message) {
  for (const attempt_peer& peer : peers_) {
    if (!gone_.contains(peer.name)) peer.channel->send(message);
  }
}

attempt_front_handle::behavior_type run_front(
    attempt_front_handle::stateful_pointer<front_state> self, deploy_order order,
    std::vector<attempt_peer> peers, std::shared_ptr<const adopted_attempt> adopted) {
  return self->state.behavior(std::move(order), std::move(peers), adopted.get());
}

// The newest complete checkpoint first; those that were open are given up. Any other that a task
// may still wait for is the one that it froze last.
std::vector<checkpoint_settled> settlements(const job_setup& setup) {
  std::vector<checkpoint_settled> all;
  if (!setup.options.adopted) return all;
  const checkpoint_id complete = setup.restored_checkpoint();
  if (complete > checkpoint_id()) all.push_back({complete, true});
  std::set<checkpoint_id> open{setup.options.adopted->newest};
  for (const auto& part : setup.options.adopted->parts) open.insert(part.acknowledged);
  for (const checkpoint_id id : open) {
    if (id > complete) all.push_back({id, false});
  }
  return all;
}

// A task's counters here, under the names that it has itself.
std::shared_ptr<runtime::task_metrics> make_counters(const job_setup& setup,
                                                     const job_vertex& vertex,
                                                     std::uint32_t subtask, std::string worker) {
  auto counters = std::make_shared<runtime::task_metrics>();
  counters->vertex = vertex.name;
  counters->subtask = subtask;
  counters->worker = std::move(worker);
  for (const std::uint32_t node : vertex.nodes) {
    counters->operators.push_back(std::make_unique<runtime::named_operator_metrics>());
    counters->operators.back()->name = setup.plan.nodes[node].name;
    counters->operators.back()->node = node;
  }
  return counters;
}

class front_deployer final : public task_deployer {
 public:
  front_deployer(attempt_front_handle front, std::vector<std::string> workers)
      : front_(std::move(front)), workers_(std::move(workers)) {}

  result<task_group> deploy(caf::actor_system& system, const job_setup& setup,
                            job_master_handle master) override {
    task_group group;
    front_launch launch{std::move(master), {}, {}, settlements(setup)};
    for (const job_vertex& vertex : setup.graph.vertices) {
      for (std::uint32_t s = 0; s < vertex.parallelism; ++s) {
        const auto number = static_cast<std::uint32_t>(group.tasks.size());
        auto counters = make_counters(setup, vertex, s, workers_.at(number));
        group.tasks.push_back(spawn_remote_task(system, number, front_));
        group.metrics.push_back(counters);
        launch.counters.push_back(std::move(counters));
      }
    }
    launch.proxies = group.tasks;
    caf::anon_send<caf::message_priority::high>(front_, std::move(launch));
    return group;
  }

 private:
  attempt_front_handle front_;
  std::vector<std::string> workers_;  // by task
};

}  // namespace

attempt_front_handle spawn_attempt_front(caf::actor_system& system, deploy_order order,
                                         std::vector<attempt_peer> peers,
                                         std::shared_ptr<const adopted_attempt> adopted) {
  return system.spawn(run_front, std::move(order), std::move(peers), std::move(adopted));
}

std::shared_ptr<task_deployer> deploy_through(attempt_front_handle front,
                                              std::vector<std::string> workers) {
  return std::make_shared<front_deployer>(std::move(front), std::move(workers));
}

}  // namespace millrace::actors
