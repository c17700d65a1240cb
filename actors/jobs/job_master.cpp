#include "actors/jobs/job_master.hpp"

#include "actors/tasks/task_actor.hpp"
#include "actors/tasks/task_builder.hpp"
#include "core/coordination/checkpoint_coordinator.hpp"
#include "core/coordination/split_enumerator.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <map>
#include <utility>

namespace millrace::actors {

namespace {

using coordination::checkpoint_order;
using coordination::job_action;

/// One source of the job and its readers.
struct source_desk {
  connectors::source* source = nullptr;
  coordination::split_enumerator enumerator;
  std::uint32_t first_task = 0;
  std::uint32_t readers = 0;
};

class master_state {
 public:
  static inline const char* name = "job-master";
  using self_pointer = job_master_handle::stateful_pointer<master_state>;

  explicit master_state(self_pointer self) : self_(self) {}
  job_master_handle::behavior_type behavior(std::shared_ptr<job_setup> setup,
                                            std::shared_ptr<job_record> record);

 private:
  void launch();
  result<void> deploy();
  void open_desks();
  void discover(source_desk& desk);
  void answer(const source_desk& desk, std::vector<coordination::split_enumerator::answer> answers);
  void on_split_wanted(std::uint32_t task);
  void on_task_ended(task_ended& report);
  void on_task_down(const caf::down_msg& down);
  void on_acknowledged(task_acknowledged& ack);
  void on_tick();
  void arm();
  void carry_out(checkpoint_order order);
  void trigger(checkpoint_id id);
  void carry_out(job_action action);
  void conclude();
  result<void> commit(std::vector<runtime::sink_committable> all);
  template <class Message>
  void tell_all(const Message& message);

  self_pointer self_;
  std::shared_ptr<job_setup> setup_;
  std::shared_ptr<job_record> record_;
  std::vector<task_handle> tasks_;
  std::vector<source_desk> desks_;
  std::optional<coordination::job_state_machine> machine_;
  std::optional<coordination::checkpoint_coordinator> checkpoints_;
  /// Prepared by sinks, not committed yet; with the checkpoint that lets them go, 0: the job's end.
  std::multimap<checkpoint_id, runtime::sink_committable> prepared_;
  std::map<std::uint32_t, std::unique_ptr<connectors::sink_committer>> committers_;
  bool ended_ = false;
};

job_master_handle::behavior_type master_state::behavior(std::shared_ptr<job_setup> setup,
                                                        std::shared_ptr<job_record> record) {
  setup_ = std::move(setup);
  record_ = std::move(record);
  self_->set_down_handler([this](const caf::down_msg& down) { on_task_down(down); });
  return {
      [this](const launch_job&) { launch(); },
      [this](const split_wanted& m) { on_split_wanted(m.task); },
      [this](task_acknowledged& m) { on_acknowledged(m); },
      [this](task_ended& m) { on_task_ended(m); },
      [this](const cancel_job&) { carry_out(machine_->on_cancel()); },
      [this](const checkpoint_wanted&) {
        carry_out(checkpoints_->on_demand(setup_->options.time->now()));
      },
      [this](const wake_tasks&) { tell_all(wake_up{}); },
      [this](const master_tick&) { on_tick(); },
  };
}

void master_state::launch() {
  const std::uint32_t count = setup_->graph.task_count();
  const auto& s = setup_->settings;
  machine_.emplace(count);
  checkpoints_.emplace(count, s.checkpoint_interval_ms, s.checkpoint_timeout_ms);
  if (auto deployed = deploy(); !deployed) {
    ended_ = true;
    tell_all(stop_task{});
    record_->conclude(coordination::job_status::failed, deployed.take_error());
    if (setup_->options.collect) setup_->options.collect->close();
    self_->quit();
    return;
  }
  machine_->on_started();
  record_->set_status(machine_->status());
  tell_all(start_task{});
  open_desks();
  arm();
}

result<void> master_state::deploy() {
  std::vector<std::shared_ptr<runtime::mailbox>> mailboxes;
  for (std::uint32_t t = 0; t < setup_->graph.task_count(); ++t) {
    tasks_.push_back(spawn_task(self_->system(), t, self_, *setup_->options.io));
    self_->monitor(tasks_.back());
    mailboxes.push_back(mailbox_of(tasks_.back()));
  }
  auto channels = wire_tasks(*setup_, mailboxes);
  std::vector<std::shared_ptr<const runtime::task_metrics>> metrics;
  std::vector<std::shared_ptr<runtime::task>> machines;
  std::uint32_t number = 0;
  for (std::uint32_t v = 0; v < setup_->graph.vertices.size(); ++v) {
    for (std::uint32_t s = 0; s < setup_->graph.vertices[v].parallelism; ++s, ++number) {
      const auto wake = [task = tasks_[number]] { caf::anon_send(task, wake_up{}); };
      MILLRACE_TRY(auto machine,
                   build_task(*setup_, vertex_id(v), s, std::move(channels[number]), wake));
      metrics.push_back(machine->shared_metrics());
      machines.push_back(std::move(machine));
    }
  }
  record_->set_tasks(std::move(metrics));
  for (std::uint32_t t = 0; t < tasks_.size(); ++t) {
    // As urgent as `start_task`, which must not overtake it.
    self_->send<caf::message_priority::high>(tasks_[t], deploy_task{std::move(machines[t])});
  }
  return {};
}

void master_state::open_desks() {
  std::uint32_t first = 0;
  for (const auto& vertex : setup_->graph.vertices) {
    if (vertex.reads_table) {
      connectors::source& source = *setup_->sources.at(vertex.nodes[0]);
      desks_.push_back({&source,
                        {vertex.parallelism, source.bounded(), source.discovery_interval_ms() > 0},
                        first,
                        vertex.parallelism});
    }
    first += vertex.parallelism;
  }
  for (source_desk& desk : desks_) discover(desk);
}

void master_state::discover(source_desk& desk) {
  auto splits = desk.source->discover(desk.readers);
  if (!splits) return carry_out(machine_->on_failure(splits.take_error()));
  answer(desk, desk.enumerator.on_discovered(std::move(*splits)));
}

void master_state::answer(const source_desk& desk,
                          std::vector<coordination::split_enumerator::answer> answers) {
  for (auto& a : answers) {
    self_->send(tasks_[desk.first_task + a.reader.value], split_assigned{std::move(a.split)});
  }
}

void master_state::on_split_wanted(std::uint32_t task) {
  for (source_desk& desk : desks_) {
    if (task < desk.first_task || task >= desk.first_task + desk.readers) continue;
    answer(desk, desk.enumerator.on_request(subtask_index(task - desk.first_task)));
  }
}

void master_state::on_acknowledged(task_acknowledged& ack) {
  const checkpoint_id id = ack.snapshot->barrier.id;
  for (auto& c : ack.snapshot->committables) prepared_.emplace(id, std::move(c));
  carry_out(checkpoints_->on_acknowledged(ack.task, id));
}

void master_state::on_task_ended(task_ended& report) {
  for (auto& c : report.committables) prepared_.emplace(checkpoint_id{}, std::move(c));
  carry_out(checkpoints_->on_task_finished(report.task));
  switch (report.end) {
    case task_ended::how::finished: return carry_out(machine_->on_task_finished(report.task));
    case task_ended::how::cancelled: return carry_out(machine_->on_task_cancelled(report.task));
    case task_ended::how::failed:
      return carry_out(machine_->on_task_failed(report.task, std::move(*report.cause)));
  }
}

// A task that ends by itself has reported before; one that dies by an exception could not.
void master_state::on_task_down(const caf::down_msg& down) {
  if (ended_ || !down.reason) return;
  for (std::uint32_t t = 0; t < tasks_.size(); ++t) {
    if (tasks_[t] != down.source) continue;
    error cause{errc::internal, "a task has died: " + self_->system().render(down.reason), "", {}};
    carry_out(checkpoints_->on_task_finished(t));
    return carry_out(machine_->on_task_failed(t, std::move(cause)));
  }
}

void master_state::on_tick() {
  if (ended_) return;
  carry_out(checkpoints_->on_time(setup_->options.time->now()));
  for (source_desk& desk : desks_) {
    if (desk.source->discovery_interval_ms() > 0) discover(desk);
  }
  arm();
}

// One timer for all that is due by time: a checkpoint may start late by the shortest of the
// intervals.
void master_state::arm() {
  std::int64_t wait = setup_->settings.checkpoint_interval_ms;
  for (const source_desk& desk : desks_) {
    const std::int64_t every = desk.source->discovery_interval_ms();
    if (every > 0 && (wait == 0 || every < wait)) wait = every;
  }
  if (wait > 0) self_->delayed_send(self_, std::chrono::milliseconds(wait), master_tick{});
}

void master_state::carry_out(checkpoint_order order) {
  switch (order.what) {
    case checkpoint_order::kind::none: return;
    case checkpoint_order::kind::trigger: return trigger(order.id);
    case checkpoint_order::kind::complete: {
      std::vector<runtime::sink_committable> due;
      const auto end = prepared_.upper_bound(order.id);
      for (auto c = prepared_.lower_bound(checkpoint_id(1)); c != end; ++c) {
        due.push_back(std::move(c->second));
      }
      prepared_.erase(prepared_.lower_bound(checkpoint_id(1)), end);
      if (auto done = commit(std::move(due)); !done) {
        carry_out(machine_->on_failure(done.take_error()));
      }
      [[fallthrough]];
    }
    case checkpoint_order::kind::abort: {
      const bool complete = order.what == checkpoint_order::kind::complete;
      tell_all(checkpoint_settled{order.id, complete});
      record_->checkpoint_settled(order.id, complete);
    }
  }
}

void master_state::trigger(checkpoint_id id) {
  data::barrier barrier{.id = id, .at = setup_->options.time->now()};
  std::uint32_t first = 0;
  for (const auto& vertex : setup_->graph.vertices) {
    for (std::uint32_t s = 0; vertex.is_source && s < vertex.parallelism; ++s) {
      self_->send<caf::message_priority::high>(tasks_[first + s], barrier_triggered{barrier});
    }
    first += vertex.parallelism;
  }
}

void master_state::carry_out(job_action action) {
  if (ended_) return;
  record_->set_status(machine_->status());
  if (action == job_action::stop_tasks) {
    tell_all(stop_task{});
  } else if (action == job_action::conclude) {
    conclude();
  }
}

void master_state::conclude() {
  ended_ = true;
  auto status = machine_->status();
  auto cause = machine_->cause();
  if (status == coordination::job_status::finished) {
    std::vector<runtime::sink_committable> all;
    for (auto& [id, c] : prepared_) {
      if (id.value != 0) all.push_back(std::move(c));
    }
    for (auto [c, end] = prepared_.equal_range(checkpoint_id{}); c != end; ++c) {
      all.push_back(std::move(c->second));
    }
    if (auto done = commit(std::move(all)); !done) {
      status = coordination::job_status::failed;
      cause = done.take_error();
    }
  }
  setup_->sources.clear();
  record_->conclude(status, std::move(cause));
  if (setup_->options.collect) setup_->options.collect->close();
  self_->quit();
}

result<void> master_state::commit(std::vector<runtime::sink_committable> all) {
  std::map<std::uint32_t, std::vector<connectors::committable>> by_sink;
  for (auto& c : all) by_sink[c.node].push_back(std::move(c.work));
  for (auto& [node, work] : by_sink) {
    auto& committer = committers_[node];
    if (!committer) {
      MILLRACE_TRY(committer, setup_->sinks.at(node)->make_committer());
    }
    if (committer) MILLRACE_CHECK(committer->commit(work));
  }
  return {};
}

template <class Message>
void master_state::tell_all(const Message& message) {
  for (const task_handle& task : tasks_) {
    self_->send<caf::message_priority::high>(task, message);
  }
}

job_master_handle::behavior_type run_master(job_master_handle::stateful_pointer<master_state> self,
                                            std::shared_ptr<job_setup> setup,
                                            std::shared_ptr<job_record> record) {
  return self->state.behavior(std::move(setup), std::move(record));
}

}  // namespace

job_master_handle spawn_job_master(caf::actor_system& system, std::shared_ptr<job_setup> setup,
                                   std::shared_ptr<job_record> record, bool detached) {
  if (detached) {
    return system.spawn<caf::detached>(run_master, std::move(setup), std::move(record));
  }
  return system.spawn(run_master, std::move(setup), std::move(record));
}

}  // namespace millrace::actors
