#include "actors/cluster/attempt_agent.hpp"

#include "actors/cluster/task_reports.hpp"
#include "actors/cluster/worker_wiring.hpp"
#include "actors/jobs/task_state_files.hpp"
#include "actors/system/io_pool.hpp"
#include "actors/tasks/task_group.hpp"
#include "core/coordination/checkpoint_book.hpp"
#include "core/coordination/restore_plan.hpp"
#include "state/checkpoint/checkpoint_store.hpp"
#include "state/checkpoint/folder_layout.hpp"
#include "state/checkpoint/job_folder_share.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace millrace::actors {

namespace {

using namespace coordination;

// A coordinator hears of a job's tasks at most so often, however many there are.
constexpr std::chrono::milliseconds report_every{1000};
constexpr std::uint64_t most_reports_a_second = 200;

using committable_list = std::vector<std::pair<std::uint32_t, std::string>>;

committable_list plain(std::vector<runtime::sink_committable>& work) {
  committable_list all;
  for (auto& c : work) all.emplace_back(c.node, std::move(c.work.bytes));
  return all;
}

class agent_state {
 public:
  static inline const char* name = "attempt-agent";
  using self_pointer = attempt_agent_handle::stateful_pointer<agent_state>;

  explicit agent_state(self_pointer self) : self_(self) {}
  attempt_agent_handle::behavior_type behavior(deploy_order order, agent_options options);

 private:
  void launch();
  result<void> deploy();
  result<std::shared_ptr<const restore_plan>> open_restore(const plan::physical_plan& plan) const;
  [[nodiscard]] bool is_here(std::uint32_t task) const;
  void take(const control_body& order);
  void on(const start_order&);
  void on(const split_order& m);
  void on(const barrier_order& m);
  void on(const settle_order& m);
  void on(const stop_order&) { stop(); }
  void stop();
  void ask_for_split(std::uint32_t task);
  void remember(const state_report& report);
  void report_attempt();
  void on_acknowledged(task_acknowledged& ack);
  result<void> begin(checkpoint_id id);
  void give_known_files(std::vector<operator_state>& states) const;
  void write(task_acknowledged& ack, std::vector<operator_state> states);
  void on_written(states_written& m);
  void report(states_written& m);
  void on_ended(task_ended& m);
  void report_counters();
  [[nodiscard]] std::chrono::milliseconds report_interval() const;
  void leave();
  template <class Message>
  void tell(std::uint32_t task, const Message& message);
  template <class Message>
  void tell_all(const Message& message);

  self_pointer self_;
  deploy_order order_;
  agent_options options_;
  std::shared_ptr<job_setup> setup_;
  std::shared_ptr<snapshot_writer> files_;  // null: no checkpoints are kept
  std::optional<checkpoint_book> book_;     // describes states; the master keeps the book
  task_group group_;
  std::vector<std::uint32_t> numbers_;  // of the tasks here, as in group_.metrics
  std::size_t running_ = 0;
  checkpoint_id begun_{};
  std::optional<error> not_begun_;
  std::map<std::uint32_t, std::uint32_t> writing_;  // snapshots being written, by task
  std::map<std::uint32_t, task_ended> ended_meanwhile_;
  using known_files = std::map<std::pair<std::string, std::uint32_t>, std::vector<state_file>>;
  /// What a new leader has to know: all but the parts, and these by task.
  attempt_report standing_;
  std::map<std::uint32_t, attempt_report::part> parts_;
  known_files stored_;                            // of the newest complete checkpoint
  std::map<checkpoint_id, known_files> written_;  // of those that are not settled
};

attempt_agent_handle::behavior_type agent_state::behavior(deploy_order order,
                                                          agent_options options) {
  order_ = std::move(order);
  options_ = std::move(options);
  return {
      [this](const launch_job&) { launch(); },
      [this](const split_wanted& m) { ask_for_split(m.task); },
      [this](task_acknowledged& m) { on_acknowledged(m); },
      [this](task_ended& m) { on_ended(m); },
      [this](const cancel_job&) { stop(); },
      [this](const checkpoint_wanted&) {
        options_.coordinator->send(coordination::checkpoint_request{order_.attempt});
      },
      [this](const wake_tasks&) { tell_all(wake_up{}); },
      [](const master_tick&) {},
      [](const commit_again&) {},
      [](const output_shown&) {},
      [this](states_written& m) { on_written(m); },
      [](const manifest_stored&) {},
      [](const writing_stopped&) {},
      [this](const control_arrived& m) { take(m.message->body); },
      [this](const report_tick&) { report_counters(); },
      [this](const report_wanted&) { report_attempt(); },
  };
}

void agent_state::launch() {
  attempt_deployed answer{order_.attempt, std::nullopt};
  if (auto deployed = deploy(); !deployed) answer.failure = deployed.take_error();
  const bool failed = answer.failure.has_value();
  options_.coordinator->send(std::move(answer));
  if (failed || running_ == 0) return leave();
  report_counters();
}

result<void> agent_state::deploy() {
  MILLRACE_TRY(auto plan, options_.compile(order_.job));
  job_options job;
  job.budget = options_.budget;
  job.memory_limited = options_.memory_limited;
  job.io = options_.io;
  job.random_seed = order_.random_seed;
  job.job_id = order_.job.id;
  MILLRACE_TRY(job.restore, open_restore(plan));
  MILLRACE_TRY(setup_, make_setup(std::move(plan), std::move(job)));
  if (setup_->graph.task_count() != order_.places.size()) {
    return make_error(errc::internal, "the plan has other tasks here than at the coordinator");
  }
  if (!options_.checkpoint_directory.empty()) {
    MILLRACE_TRY(files_, state::open_job_folder_share(options_.checkpoint_directory, order_.job.id,
                                                      setup_->plan.options));
  }
  book_.emplace(setup_->plan, setup_->graph);
  worker_wiring wiring(order_, *options_.data);
  MILLRACE_TRY(group_, deploy_tasks(
                           self_->system(), *setup_, job_master_handle(self_),
                           [this](std::uint32_t t) { return is_here(t); }, &wiring));
  for (std::uint32_t t = 0; t < group_.tasks.size(); ++t) {
    if (!group_.tasks[t]) continue;
    numbers_.push_back(t);
    parts_[t].task = t;
  }
  running_ = numbers_.size();
  return {};
}

// Verified by the coordinator before it deployed; here the blocks' own checksums do.
result<std::shared_ptr<const restore_plan>> agent_state::open_restore(
    const plan::physical_plan& plan) const {
  const std::string& root = options_.checkpoint_directory;
  std::string path = root + "/savepoints/" + order_.savepoint;
  if (order_.savepoint.empty()) {
    if (order_.restore.value == 0) return std::shared_ptr<const restore_plan>();
    path = root + "/" + order_.job.id + "/" + state::checkpoint_folder(order_.restore);
  }
  MILLRACE_TRY(auto opened, state::open_snapshot(path, verification::presence, plan.options));
  std::shared_ptr<const snapshot_reader> files(std::move(opened.files));
  return std::shared_ptr<const restore_plan>(
      std::make_shared<restore_plan>(std::move(opened.manifest), std::move(files)));
}

bool agent_state::is_here(std::uint32_t task) const {
  return order_.peers[order_.places[task]].name == options_.worker;
}

void agent_state::take(const control_body& order) {
  std::visit(
      [this](const auto& m) {
        if constexpr (requires { this->on(m); }) on(m);
      },
      order);
}

void agent_state::on(const start_order&) {
  standing_.started = true;
  tell_all(start_task{});
}

void agent_state::on(const split_order& m) {
  if (const auto at = parts_.find(m.task); at != parts_.end()) {
    at->second.wants_split = false;
    if (m.split) at->second.given.push_back(*m.split);
  }
  tell(m.task, split_assigned{m.split});
}

void agent_state::on(const barrier_order& m) {
  standing_.newest = std::max(standing_.newest, m.barrier.id);
  tell(m.task, barrier_triggered{m.barrier});
}

void agent_state::stop() {
  standing_.stopping = true;
  tell_all(stop_task{});
}

void agent_state::ask_for_split(std::uint32_t task) {
  parts_[task].wants_split = true;
  options_.coordinator->send(split_request{order_.attempt, task});
}

void agent_state::on(const settle_order& m) {
  for (auto& [task, part] : parts_) {
    if (!m.complete) break;
    std::erase_if(part.prepared, [&](const auto& work) { return work.checkpoint <= m.checkpoint; });
  }
  if (m.complete) {
    const auto done = written_.find(m.checkpoint);
    if (done != written_.end()) stored_ = std::move(done->second);
    written_.erase(written_.begin(), written_.upper_bound(m.checkpoint));
  } else {
    written_.erase(m.checkpoint);
  }
  if (files_) files_->abort(m.checkpoint);
  tell_all(checkpoint_settled{m.checkpoint, m.complete});
}

void agent_state::on_acknowledged(task_acknowledged& ack) {
  parts_[ack.task].acknowledged = ack.snapshot->barrier.id;
  standing_.newest = std::max(standing_.newest, ack.snapshot->barrier.id);
  auto states = book_->describe(ack.task, *ack.snapshot);
  for (operator_state& state : states) {
    state.finished =
        setup_->options.restore && setup_->options.restore->finished(state.operator_id);
  }
  ++writing_[ack.task];
  if (auto ready = begin(ack.snapshot->barrier.id); !ready) {
    states_written failed{ack.task, std::move(ack.snapshot), std::move(states), ready.take_error()};
    return on_written(failed);
  }
  give_known_files(states);
  write(ack, std::move(states));
}

// The first snapshot of a checkpoint makes room for all of this worker's.
result<void> agent_state::begin(checkpoint_id id) {
  if (!files_) return {};
  if (id > begun_) {
    begun_ = id;
    not_begun_.reset();
    if (auto begun = files_->begin(id); !begun) not_begun_ = begun.take_error();
  }
  return not_begun_ ? result<void>(*not_begun_) : result<void>();
}

void agent_state::give_known_files(std::vector<operator_state>& states) const {
  for (operator_state& state : states) {
    const auto known = stored_.find({state.operator_id, state.subtask});
    if (known != stored_.end() && !state.in_flight) state.files = known->second;
  }
}

void agent_state::write(task_acknowledged& ack, std::vector<operator_state> states) {
  states_written done{ack.task, std::move(ack.snapshot), std::move(states), std::nullopt};
  if (!files_) return on_written(done);
  options_.io->run([files = files_, agent = attempt_agent_handle(self_),
                    done = std::make_shared<states_written>(std::move(done))] {
    auto written = write_task_state(*files, done->task, *done->snapshot, done->states);
    if (!written) done->failure = written.take_error();
    caf::anon_send(agent, std::move(*done));
  });
}

void agent_state::on_written(states_written& m) {
  report(m);
  const auto writing = writing_.find(m.task);
  if (--writing->second > 0) return;
  writing_.erase(writing);
  if (auto ended = ended_meanwhile_.extract(m.task)) on_ended(ended.mapped());
}

void agent_state::report(states_written& m) {
  const checkpoint_id id = m.snapshot->barrier.id;
  if (!m.failure) {
    for (const operator_state& state : m.states) {
      auto& files = written_[id][{state.operator_id, state.subtask}];
      files = state.files;
      for (state_file& file : files) file.inline_bytes.clear();
    }
  }
  runtime::task_snapshot& s = *m.snapshot;
  state_report report{order_.attempt,
                      m.task,
                      id,
                      std::move(m.states),
                      s.watermark,
                      std::move(s.splits),
                      std::move(s.finished_splits),
                      plain(s.committables),
                      std::move(m.failure)};
  remember(report);
  options_.coordinator->send(std::move(report));
}

void agent_state::remember(const state_report& report) {
  attempt_report::part& part = parts_[report.task];
  part.finished_splits = report.finished_splits;
  if (!report.committables.empty()) {
    part.prepared.push_back({report.checkpoint, report.committables});
  }
}

// Small beside the snapshots: no state of tables is in it.
void agent_state::report_attempt() {
  attempt_report all = standing_;
  all.order = order_;
  for (const auto& [task, part] : parts_) all.parts.push_back(part);
  options_.coordinator->send(std::move(all));
}

// What a task left behind its barrier must not overtake its part of the checkpoint.
void agent_state::on_ended(task_ended& m) {
  if (writing_.contains(m.task)) {
    ended_meanwhile_.emplace(m.task, std::move(m));
    return;
  }
  end_report report{order_.attempt,
                    m.task,
                    static_cast<end_report::how>(m.end),
                    std::move(m.cause),
                    plain(m.left.committables),
                    std::move(m.left.finished_splits)};
  parts_[m.task].end = report;
  group_.tasks[m.task] = task_handle();
  if (--running_ == 0) report_counters();
  options_.coordinator->send(std::move(report));
  if (running_ == 0) leave();
}

void agent_state::report_counters() {
  const std::int64_t now_us = system_clock().steady_us();
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    task_report report = make_report(*group_.metrics[i], now_us);
    report.attempt = order_.attempt;
    report.task = numbers_[i];
    options_.coordinator->send(std::move(report));
  }
  if (running_ > 0) self_->delayed_send(self_, report_interval(), report_tick{});
}

std::chrono::milliseconds agent_state::report_interval() const {
  const auto rarely =
      std::chrono::milliseconds(order_.places.size() * 1000 / most_reports_a_second);
  return std::max(report_every, rarely);
}

void agent_state::leave() {
  options_.data->forget(attempt_id(order_.attempt));
  files_.reset();
  self_->quit();
}

template <class Message>
void agent_state::tell(std::uint32_t task, const Message& message) {
  if (task >= group_.tasks.size() || !group_.tasks[task]) return;
  self_->send<caf::message_priority::high>(group_.tasks[task], message);
}

template <class Message>
void agent_state::tell_all(const Message& message) {
  for (const task_handle& task : group_.tasks) {
    if (task) self_->send<caf::message_priority::high>(task, message);
  }
}

attempt_agent_handle::behavior_type run_agent(
    attempt_agent_handle::stateful_pointer<agent_state> self, deploy_order order,
    agent_options options) {
  return self->state.behavior(std::move(order), std::move(options));
}

}  // namespace

attempt_agent_handle spawn_attempt_agent(caf::actor_system& system, deploy_order order,
                                         agent_options options) {
  auto agent = system.spawn<caf::detached>(run_agent, std::move(order), std::move(options));
  caf::anon_send<caf::message_priority::high>(agent, launch_job{});
  return agent;
}

}  // namespace millrace::actors
