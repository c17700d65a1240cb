#include "actors/jobs/job_master.hpp"

#include "actors/jobs/checkpoint_writer.hpp"
#include "actors/jobs/job_master_state.hpp"
#include "actors/jobs/task_deployer.hpp"

#include <caf/actor_system_config.hpp>

#include <chrono>
#include <map>
#include <utility>

namespace millrace::actors {

using coordination::job_action;

job_master_handle::behavior_type master_state::behavior(std::shared_ptr<job_setup> setup,
                                                        std::shared_ptr<job_record> record,
                                                        bool detached) {
  detached_ = detached;
  setup_ = std::move(setup);
  record_ = std::move(record);
  self_->set_down_handler([this](const caf::down_msg& down) { on_task_down(down); });
  return {
      [this](const launch_job&) { launch(); },
      [this](const split_wanted& m) { on_split_wanted(m.task); },
      [this](task_acknowledged& m) { on_acknowledged(m); },
      [this](task_ended& m) { on_task_ended(m); },
      [this](const cancel_job&) { on_cancel(); },
      [this](const checkpoint_wanted& m) { on_checkpoint_wanted(m.in_line); },
      [this](const wake_tasks&) { tell_all(wake_up{}); },
      [this](const master_tick&) { on_tick(); },
      [this](const commit_again&) { on_commit_again(); },
      [this](output_shown& m) { on_output_shown(m); },
      [this](states_written& m) { on_states_written(m); },
      [this](manifest_stored& m) { on_manifest_stored(m); },
      [this](const writing_stopped&) { on_writing_stopped(); },
  };
}

void master_state::launch() {
  const std::uint32_t count = setup_->graph.task_count();
  const auto& kept = setup_->options.checkpoints;
  machine_.emplace(count);
  checkpoints_.emplace(count, setup_->settings.checkpoints, newest_known());
  book_.emplace(setup_->plan, setup_->graph);
  book_->begin(newest_known(), 0);
  if (kept) {
    writer_ = spawn_checkpoint_writer(self_->system(), kept, self_, detached_);
  }
  if (auto restorable = check_restore(); !restorable) return abandon(restorable.take_error());
  start();
}

// What a restored checkpoint let go is committed first; until that is done nothing runs.
void master_state::start() {
  auto deployed = recommit();
  recovering_ = !deployed && wait_for_commit(deployed.error());
  if (recovering_) return;
  const bool adopts = setup_->options.adopted != nullptr;
  if (deployed.ok() && !adopts) deployed = clear_leftovers();
  if (deployed.ok()) deployed = deploy();
  if (!deployed) return abandon(deployed.take_error());
  machine_->on_started();
  record_->set_status(machine_->status());
  if (adopts) {
    take_over();
  } else {
    tell_all(start_task{});
    open_desks();
  }
  arm();
}

// Where the job only waits for a commit, no task is left to stop.
void master_state::on_cancel() {
  if (ended_) return;
  const bool done = coordination::is_final(machine_->status());
  if (!recovering_ && !done) return carry_out(machine_->on_cancel());
  auto cause = make_error(errc::runtime_cancelled, "the job was cancelled before it could commit",
                          "--resume commits what its last checkpoint let go");
  uncommitted_.reset();
  if (std::exchange(recovering_, false)) return abandon(std::move(cause));
  give_up(std::move(cause));
}

// A job that stops takes no more checkpoints; who asked for one is told of its end. One that waits
// for a commit says so at once: that may take for ever.
void master_state::on_checkpoint_wanted(bool in_line) {
  const bool done = coordination::is_final(machine_->status());
  if (recovering_ || done) {
    const std::uint64_t settled = checkpoints_->newest().value + (done ? 1 : 0);
    return record_->checkpoint_settled(checkpoint_id(settled), false, true);
  }
  if (machine_->status() != coordination::job_status::running) return;
  in_line_wanted_ = in_line_wanted_ || in_line;
  carry_out(checkpoints_->on_demand(setup_->options.time->now()));
}

// Nothing runs yet: tasks that are there already have no machine.
void master_state::abandon(error cause) {
  ended_ = true;
  cause_ = std::move(cause);
  tell_all(stop_task{});
  if (!writer_) return say_last_word();
  self_->send(writer_, stop_writing{});
}

result<void> master_state::check_restore() const {
  const auto& restore = setup_->options.restore;
  return restore ? restore->check_in_flight(setup_->plan) : result<void>();
}

result<void> master_state::deploy() {
  const job_master_handle me(self_);
  caf::actor_system& system = self_->system();
  task_deployer* elsewhere = setup_->options.deployer.get();
  auto deployed = elsewhere != nullptr
                      ? elsewhere->deploy(system, *setup_, me)
                      : deploy_tasks(
                            system, *setup_, me, [](std::uint32_t) { return true; }, nullptr);
  if (!deployed) return deployed.take_error();
  tasks_ = std::move(deployed->tasks);
  for (const task_handle& task : tasks_) self_->monitor(task);
  record_->set_tasks(std::move(deployed->metrics));
  return {};
}

void master_state::open_desks() {
  std::uint32_t first = 0;
  for (const auto& vertex : setup_->graph.vertices) {
    if (vertex.reads_table) {
      connectors::source& source = *setup_->sources.at(vertex.nodes[0]);
      desks_.push_back({vertex.nodes[0],
                        &source,
                        {vertex.parallelism, source.bounded(), source.discovery_interval_ms() > 0},
                        first,
                        vertex.parallelism});
    }
    first += vertex.parallelism;
  }
  for (source_desk& desk : desks_) {
    if (setup_->options.adopted) take_over(desk);
    if (setup_->options.restore) resume(desk);
    // What a bounded source consists of was settled when its job began.
    if (!setup_->options.restore || !desk.source->bounded()) discover(desk);
  }
}

void master_state::resume(source_desk& desk) {
  const auto& restore = *setup_->options.restore;
  const std::string& id = setup_->plan.nodes[desk.node].id;
  answer(desk, desk.enumerator.restore(restore.seen_splits(id), restore.read_splits(id),
                                       restore.waiting_splits(id)));
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

void master_state::on_task_ended(task_ended& report) {
  switch (report.end) {
    case task_ended::how::finished:
      if (writing_.contains(report.task)) {
        finished_meanwhile_.emplace(report.task, std::move(report));
        return;
      }
      book_->on_finished(report.task, std::move(report.left));
      carry_out(checkpoints_->on_task_finished(report.task));
      return carry_out(machine_->on_task_finished(report.task));
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
    return carry_out(machine_->on_task_failed(t, std::move(cause)));
  }
}

void master_state::on_tick() {
  if (ended_ || machine_->status() != coordination::job_status::running) return;
  carry_out(checkpoints_->on_time(setup_->options.time->now()));
  for (source_desk& desk : desks_) {
    if (desk.source->discovery_interval_ms() > 0) discover(desk);
  }
  arm();
}

// One timer for all that is due by time: a checkpoint may start late by the shortest of the
// intervals.
void master_state::arm() {
  std::int64_t wait = setup_->settings.checkpoints.interval_ms;
  for (const source_desk& desk : desks_) {
    const std::int64_t every = desk.source->discovery_interval_ms();
    if (every > 0 && (wait == 0 || every < wait)) wait = every;
  }
  if (wait > 0) self_->delayed_send(self_, std::chrono::milliseconds(wait), master_tick{});
}

void master_state::carry_out(job_action action) {
  if (ended_) return;
  // A final state is only told when all is committed.
  if (!coordination::is_final(machine_->status())) record_->set_status(machine_->status());
  if (action == job_action::stop_tasks) {
    tell_all(stop_task{});
  } else if (action == job_action::conclude) {
    conclude();
  }
}

void master_state::conclude() {
  const bool finished = machine_->status() == coordination::job_status::finished && !cause_;
  if (finished && writer_ && !last_checkpoint_) {
    // One in flight is being stored; it calls again.
    if (checkpoints_->in_flight()) return;
    last_checkpoint_ = true;
    const checkpoint_id id(checkpoints_->newest().value + 1);
    begin(id, setup_->options.time->now(), true);
    self_->send(writer_, begin_checkpoint{id});
    return carry_out(checkpoints_->on_end(setup_->options.time->now()));
  }
  constexpr checkpoint_id all(UINT64_MAX);
  if (finished && !writer_ && !uncommitted_) let_go(all);
  // It calls again when that is done.
  if (finished && uncommitted_ && !cause_) return;
  ended_ = true;
  if (writer_) {
    self_->send(writer_, stop_writing{});
  } else {
    say_last_word();
  }
}

void master_state::on_writing_stopped() {
  writer_ = nullptr;
  say_last_word();
}

void master_state::say_last_word() {
  auto status = machine_->status();
  auto cause = machine_->cause();
  auto culprit = machine_->culprit();
  if (cause_) {
    status = coordination::job_status::failed;
    cause = std::move(cause_);
    culprit.reset();
  }
  setup_->sources.clear();
  setup_->options.checkpoints.reset();
  record_->conclude(status, cause, culprit);
  if (setup_->options.on_end) setup_->options.on_end(status, cause);
  if (setup_->options.collect) setup_->options.collect->close();
  self_->quit();
}

namespace {

job_master_handle::behavior_type run_master(job_master_handle::stateful_pointer<master_state> self,
                                            std::shared_ptr<job_setup> setup,
                                            std::shared_ptr<job_record> record, bool detached) {
  return self->state.behavior(std::move(setup), std::move(record), detached);
}

}  // namespace

job_master_handle spawn_job_master(caf::actor_system& system, std::shared_ptr<job_setup> setup,
                                   std::shared_ptr<job_record> record, bool detached) {
  if (detached) {
    return system.spawn<caf::detached>(run_master, std::move(setup), std::move(record), true);
  }
  return system.spawn(run_master, std::move(setup), std::move(record), false);
}

}  // namespace millrace::actors
