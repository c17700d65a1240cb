#include "actors/tasks/task_actor.hpp"

#include "actors/system/io_pool.hpp"
#include "core/tables/table_set.hpp"

#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace millrace::actors {

namespace {

// What the master reads of a task that dies outside of its turns, where nothing else reports it.
caf::error death_of(std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return caf::make_error(caf::sec::runtime_error, std::string(e.what()));
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, std::string("an unknown exception"));
  }
}

class task_state {
 public:
  static inline const char* name = "task";
  using self_pointer = task_handle::stateful_pointer<task_state>;

  explicit task_state(self_pointer self) : self_(self) {}

  task_handle::behavior_type behavior(std::uint32_t number, job_master_handle master, io_pool* io);

 private:
  void start();
  void stop();
  void turn();
  void settle(const checkpoint_settled& settled);
  [[nodiscard]] result<runtime::task_turn> run_machine();
  void schedule();
  void load(std::shared_ptr<tables::load_job> job);
  void on_loaded();
  void arm(std::int64_t wake_at_us);
  void report_snapshot();
  void end(task_ended::how how, std::optional<error> cause);
  void leave();

  self_pointer self_;
  std::uint32_t number_ = 0;
  job_master_handle master_;
  io_pool* io_ = nullptr;
  std::shared_ptr<runtime::task> machine_;     // null before deployment and after the end
  std::int64_t armed_us_ = runtime::never_us;  // the earliest wake-up on its way
  bool started_ = false;
  bool scheduled_ = false;
  bool loading_ = false;                // a thread of the pool reads into the machine's tables
  std::optional<task_ended> farewell_;  // the task ends as soon as nobody uses the machine
};

task_handle::behavior_type task_state::behavior(std::uint32_t number, job_master_handle master,
                                                io_pool* io) {
  number_ = number;
  master_ = std::move(master);
  io_ = io;
  self_->set_exception_handler(death_of);
  return {
      [this](deploy_task& m) { machine_ = std::move(m.machine); },
      [this](const start_task&) { start(); },
      [this](element_arrived& m) {
        if (!machine_) return;
        machine_->deliver(m.from, std::move(m.what));
        schedule();
      },
      [this](const credit_granted& m) {
        if (!machine_) return;
        machine_->grant(m.to, m.bytes);
        schedule();
      },
      [this](const run_turn&) {
        scheduled_ = false;
        turn();
      },
      [this](const wake_up&) {
        armed_us_ = runtime::never_us;
        if (machine_) machine_->wake();
        schedule();
      },
      [this](const state_loaded&) { on_loaded(); },
      [this](split_assigned& m) {
        if (!machine_) return;
        machine_->assign_split(std::move(m.split));
        schedule();
      },
      [this](const barrier_triggered& m) {
        if (!machine_) return;
        machine_->trigger(m.barrier);
        schedule();
      },
      [this](const checkpoint_settled& m) { settle(m); },
      [this](const channel_failed& m) { end(task_ended::how::failed, m.cause); },
      [this](const stop_task&) { stop(); },
  };
}

void task_state::start() {
  if (!machine_) return;
  started_ = true;
  auto opened = machine_->open();
  if (!opened) return end(task_ended::how::failed, opened.take_error());
  schedule();
}

void task_state::stop() { end(task_ended::how::cancelled, std::nullopt); }

void task_state::settle(const checkpoint_settled& settled) {
  if (!machine_) return;
  if (settled.complete) {
    machine_->checkpoint_complete(settled.id);
  } else {
    machine_->checkpoint_aborted(settled.id);
  }
  schedule();
}

void task_state::schedule() {
  if (scheduled_ || !started_ || !machine_) return;
  scheduled_ = true;
  self_->send(self_, run_turn{});
}

// Library code inside operators and connectors may throw, for want of memory above all.
result<runtime::task_turn> task_state::run_machine() {
  try {
    return machine_->run();
  } catch (const std::bad_alloc&) {
    return make_error(errc::runtime_out_of_budget, "out of memory in a task",
                      "lower parallelism.default or raise the memory limit");
  } catch (const std::exception& e) {
    return make_error(errc::internal, std::string("exception in a task: ") + e.what());
  }
}

void task_state::turn() {
  if (!machine_ || farewell_) return;
  auto turn = run_machine();
  if (!turn) return end(task_ended::how::failed, turn.take_error());
  report_snapshot();
  if (turn->want_split) self_->send(master_, split_wanted{number_});
  if (turn->want_barrier) self_->send(master_, checkpoint_wanted{});
  if (turn->load) load(std::move(turn->load));
  switch (turn->what) {
    case runtime::task_turn::next::again: return schedule();
    case runtime::task_turn::next::wait: return arm(turn->wake_at_us);
    case runtime::task_turn::next::finished: return end(task_ended::how::finished, std::nullopt);
  }
}

void task_state::load(std::shared_ptr<tables::load_job> job) {
  loading_ = true;
  io_->run([job = std::move(job), task = task_handle(self_)] {
    job->run();
    caf::anon_send(task, state_loaded{});
  });
}

void task_state::on_loaded() {
  loading_ = false;
  if (farewell_) return leave();
  machine_->state_loaded();
  schedule();
}

void task_state::arm(std::int64_t wake_at_us) {
  if (wake_at_us >= armed_us_) return;
  armed_us_ = wake_at_us;
  const std::int64_t wait = std::max<std::int64_t>(0, wake_at_us - machine_->now_us());
  self_->delayed_send(self_, std::chrono::microseconds(wait), wake_up{});
}

void task_state::report_snapshot() {
  auto snapshot = machine_->take_snapshot();
  if (!snapshot) return;
  // The alias keeps the machine: its tables have to live until what they froze is written.
  struct kept {
    std::shared_ptr<runtime::task> machine;
    runtime::task_snapshot snapshot;
  };
  auto all = std::make_shared<kept>(kept{machine_, std::move(*snapshot)});
  std::shared_ptr<runtime::task_snapshot> view(all, &all->snapshot);
  self_->send(master_, task_acknowledged{number_, std::move(view)});
}

void task_state::end(task_ended::how how, std::optional<error> cause) {
  if (!master_ || farewell_) return;
  farewell_ = task_ended{number_, how, std::move(cause), {}};
  if (!loading_) leave();
}

void task_state::leave() {
  if (machine_) {
    if (farewell_->end == task_ended::how::finished) {
      farewell_->left = {machine_->take_committables(), machine_->take_collected(),
                         machine_->finished_splits()};
    }
    machine_->close();
    machine_.reset();
  }
  self_->send(std::exchange(master_, nullptr), *std::exchange(farewell_, std::nullopt));
  self_->quit();
}

task_handle::behavior_type run_task(task_handle::stateful_pointer<task_state> self,
                                    std::uint32_t number, job_master_handle master, io_pool* io) {
  return self->state.behavior(number, std::move(master), io);
}

class task_mailbox final : public runtime::mailbox {
 public:
  explicit task_mailbox(task_handle task) : task_(std::move(task)) {}
  void deliver(channel_id from, runtime::parcel p) override {
    caf::anon_send(task_, element_arrived{from, std::move(p)});
  }
  void grant(runtime::output_channel to, std::int64_t bytes) override {
    caf::anon_send(task_, credit_granted{to, bytes});
  }
  void fail(error e) override { caf::anon_send(task_, channel_failed{std::move(e)}); }

 private:
  task_handle task_;
};

}  // namespace

task_handle spawn_task(caf::actor_system& system, std::uint32_t number, job_master_handle master,
                       io_pool& io) {
  return system.spawn(run_task, number, std::move(master), &io);
}

std::shared_ptr<runtime::mailbox> mailbox_of(task_handle task) {
  return std::make_shared<task_mailbox>(std::move(task));
}

}  // namespace millrace::actors
