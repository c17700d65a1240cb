#include "actors/cluster/job_keeper.hpp"

#include "core/base/state_errors.hpp"
#include "core/coordination/restart_strategy.hpp"
#include "core/coordination/state_comparison.hpp"
#include "state/checkpoint/checkpoint_store.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <utility>

namespace millrace::actors {

namespace {

using namespace coordination;

class keeper_state {
 public:
  static inline const char* name = "job-keeper";
  using self_pointer = job_keeper_handle::stateful_pointer<keeper_state>;

  explicit keeper_state(self_pointer self) : self_(self) {}
  job_keeper_handle::behavior_type behavior(job_definition definition, std::string savepoint,
                                            coordinator_handle coordinator, keeper_options options);

 private:
  void launch();
  result<void> prepare();
  result<void> open_store();
  void ask_for_slots();
  result<std::shared_ptr<const restore_plan>> find_restore();
  void start(const attempt_granted& m);
  result<std::shared_ptr<job>> start_attempt(const attempt_granted& m);
  [[nodiscard]] std::function<void(checkpoint_id, const std::optional<error>&)>
  checkpoint_listener() const;
  void on_over(attempt_over& m);
  void blame(const runtime::task_metrics& task);
  void on_failure(error cause);
  [[nodiscard]] bool is_deposed(const error& cause);
  result<std::shared_ptr<const restore_plan>> open_savepoint();
  void redefine(job_definition definition);
  void cancel();
  void conclude(job_progress::kind how, error cause = {});
  void tell(job_progress::kind what, error cause = {});
  void wait_for(const std::string& what);
  void log(const std::string& what) { options_.log("job " + definition_.id + ": " + what); }
  [[nodiscard]] timestamp_ms now() const { return system_clock().now(); }

  self_pointer self_;
  job_definition definition_;
  std::string savepoint_;
  coordinator_handle coordinator_;
  keeper_options options_;
  std::shared_ptr<const job_graph> graph_;
  option_map settings_;
  std::optional<restart_strategy> strategy_;
  std::shared_ptr<snapshot_store> store_;  // null: no checkpoints are kept
  std::shared_ptr<const restore_plan> restore_;
  std::shared_ptr<job> running_;
  attempt_number attempt_ = 0;
  bool cancelled_ = false;
  bool waits_for_retry_ = false;
  bool redefined_ = false;  // the attempt that runs ends for another one
  job_exception blamed_;    // where the failure came from
};

job_keeper_handle::behavior_type keeper_state::behavior(job_definition definition,
                                                        std::string savepoint,
                                                        coordinator_handle coordinator,
                                                        keeper_options options) {
  definition_ = std::move(definition);
  savepoint_ = std::move(savepoint);
  coordinator_ = std::move(coordinator);
  options_ = std::move(options);
  return {
      [this](const launch_job&) { launch(); },
      [this](const attempt_granted& m) { start(m); },
      [this](const slots_missing& m) {
        wait_for(std::to_string(m.missing) + " more slots; start workers");
      },
      [this](attempt_over& m) { on_over(m); },
      [this](const retry_due&) {
        if (std::exchange(waits_for_retry_, false) && !cancelled_) ask_for_slots();
      },
      [this](job_redefined& m) { redefine(std::move(m.definition)); },
      [this](const cancel_job&) { cancel(); },
  };
}

void keeper_state::launch() {
  if (auto ready = prepare(); !ready) {
    if (is_deposed(ready.error())) return;
    log("cannot start: " + ready.error().message);
    return conclude(job_progress::kind::failed, ready.take_error());
  }
  ask_for_slots();
}

result<void> keeper_state::prepare() {
  MILLRACE_TRY(const auto plan, options_.compile(definition_));
  settings_ = plan.options;
  MILLRACE_TRY(auto graph, build_job_graph(plan));
  graph_ = std::make_shared<const job_graph>(std::move(graph));
  MILLRACE_TRY(const auto interval,
               option_reader(settings_).duration_ms("execution.checkpointing.interval", 0));
  MILLRACE_TRY(strategy_,
               restart_strategy::from_options(settings_, interval > 0, std::random_device{}()));
  return {};
}

// Not once and for all when the job is taken up: the storage may be full or away just then.
result<void> keeper_state::open_store() {
  if (store_ || options_.checkpoint_directory.empty()) return {};
  state::store_options where;
  where.directory = options_.checkpoint_directory;
  where.job = definition_.id;
  where.take_over = true;
  where.leader_epoch = options_.leader_epoch;
  where.storage = settings_;
  MILLRACE_TRY(auto store, state::open_checkpoint_store(where));
  store_ = std::move(store);
  return {};
}

void keeper_state::ask_for_slots() {
  auto restore = find_restore();
  if (!restore) return on_failure(restore.take_error());
  restore_ = std::move(*restore);
  deploy_order order;
  order.job = definition_;
  order.random_seed = std::random_device{}();
  if (restore_ && restore_->manifest().savepoint) {
    order.savepoint = savepoint_;
  } else if (restore_) {
    order.restore = restore_->manifest().id;
  }
  wait_for("slots");
  self_->send(coordinator_, slots_wanted{job_keeper_handle(self_), graph_, std::move(order)});
}

// What an attempt before has left open is given up: nobody will complete it.
result<std::shared_ptr<const restore_plan>> keeper_state::find_restore() {
  MILLRACE_CHECK(open_store());
  if (!store_) return std::shared_ptr<const restore_plan>();
  store_->abort(store_->newest_id());
  MILLRACE_TRY(auto found, store_->latest());
  if (!found) return open_savepoint();
  for (const error& e : found->passed_over) log("passes over a checkpoint: " + e.message);
  log("goes on from checkpoint " + std::to_string(found->manifest.id.value));
  return std::shared_ptr<const restore_plan>(
      std::make_shared<restore_plan>(std::move(found->manifest), store_));
}

result<std::shared_ptr<const restore_plan>> keeper_state::open_savepoint() {
  if (savepoint_.empty()) return std::shared_ptr<const restore_plan>();
  const std::string path = options_.checkpoint_directory + "/savepoints/" + savepoint_;
  MILLRACE_TRY(auto opened, state::open_snapshot(path, verification::contents, settings_));
  MILLRACE_TRY(const auto plan, options_.compile(definition_));
  MILLRACE_CHECK(check_takeover(plan, opened.manifest, false));
  log("goes on from savepoint " + savepoint_);
  std::shared_ptr<const snapshot_reader> files(std::move(opened.files));
  return std::shared_ptr<const restore_plan>(
      std::make_shared<restore_plan>(std::move(opened.manifest), std::move(files)));
}

void keeper_state::start(const attempt_granted& m) {
  attempt_ = m.attempt;
  auto started = start_attempt(m);
  if (!started) return on_failure(started.take_error());
  running_ = std::move(*started);
  options_.board->change(definition_.id, [&](cluster_job& job) {
    job.running = running_;
    job.workers = m.workers;
    job.restored_from = restore_ ? restore_->manifest().id : checkpoint_id();
    job.waits_for.clear();
  });
  tell(job_progress::kind::running);
  log("attempt " + std::to_string(m.attempt) + " runs on " + std::to_string(m.workers.size()) +
      " workers");
  if (cancelled_) running_->cancel();
}

result<std::shared_ptr<job>> keeper_state::start_attempt(const attempt_granted& m) {
  MILLRACE_TRY(auto plan, options_.compile(definition_));
  job_options options;
  options.checkpoints = store_;
  options.restore = restore_;
  options.adopted = m.adopted;
  options.job_id = definition_.id;
  options.deployer = deploy_through(m.front, m.places);
  options.on_checkpoint = checkpoint_listener();
  options.on_commit_failure = [write = options_.log, id = definition_.id](const error& cause,
                                                                          std::int64_t again_ms) {
    write("job " + id + ": rows are not committed yet: " + cause.message + "; again in " +
          std::to_string(again_ms) + " ms");
  };
  options.on_end = [keeper = job_keeper_handle(self_)](job_status status,
                                                       const std::optional<error>& cause) {
    caf::anon_send(keeper, attempt_over{status, cause});
  };
  return start_job(*options_.in, std::move(plan), std::move(options));
}

std::function<void(checkpoint_id, const std::optional<error>&)> keeper_state::checkpoint_listener()
    const {
  return [o = options_, id = definition_.id](checkpoint_id checkpoint,
                                             const std::optional<error>& failure) {
    const std::string what = "job " + id + ": checkpoint " + std::to_string(checkpoint.value);
    if (failure) return o.log(what + " failed: " + failure->message);
    o.board->change(id, [&](cluster_job& job) { job.last_checkpoint = checkpoint; });
    if (o.log_checkpoints) o.log(what + " is complete");
  };
}

void keeper_state::on_over(attempt_over& m) {
  const auto culprit = running_ ? running_->culprit() : nullptr;
  if (culprit) blame(*culprit);
  running_.reset();
  options_.board->change(definition_.id, [](cluster_job& job) { job.leave_attempt(); });
  if (m.status == job_status::finished) return conclude(job_progress::kind::finished);
  if (cancelled_) return conclude(job_progress::kind::cancelled);
  if (std::exchange(redefined_, false)) {
    self_->send(coordinator_, slots_released{definition_.id});
    return ask_for_slots();
  }
  if (m.status == job_status::cancelled) return conclude(job_progress::kind::cancelled);
  on_failure(m.cause ? std::move(*m.cause) : make_error(errc::internal, "no cause is known"));
}

void keeper_state::blame(const runtime::task_metrics& task) {
  blamed_.worker = task.worker;
  blamed_.task = task.vertex + " (" + std::to_string(task.subtask) + ")";
}

// Nothing may be said of the job any more, not even that it has failed.
bool keeper_state::is_deposed(const error& cause) {
  if (cause.code != state_locked || options_.leader_epoch == 0) return false;
  options_.on_deposed(cause);
  return true;
}

void keeper_state::on_failure(error cause) {
  if (is_deposed(cause)) return;
  self_->send(coordinator_, slots_released{definition_.id});
  log("attempt " + std::to_string(attempt_) + " failed: " + to_text(cause));
  const bool again = is_worth_a_restart(cause.code) && !cancelled_;
  const auto delay =
      again ? strategy_->on_failure(system_clock().steady_us() / 1000) : std::nullopt;
  if (!delay) return conclude(job_progress::kind::failed, std::move(cause));
  tell(job_progress::kind::restarting, std::move(cause));
  wait_for(std::to_string(*delay) + " ms before another attempt");
  waits_for_retry_ = true;
  self_->delayed_send(self_, std::chrono::milliseconds(*delay), retry_due{});
}

void keeper_state::redefine(job_definition definition) {
  definition_ = std::move(definition);
  const auto plan = options_.compile(definition_);
  auto graph = plan ? build_job_graph(*plan) : result<job_graph>(plan.error());
  if (!graph) return log("keeps its parallelism: " + graph.error().message);
  graph_ = std::make_shared<const job_graph>(std::move(*graph));
  log("starts over");
  waits_for_retry_ = false;
  if (running_) {
    redefined_ = true;
    return running_->cancel();
  }
  self_->send(coordinator_, slots_released{definition_.id});
  ask_for_slots();
}

void keeper_state::cancel() {
  cancelled_ = true;
  if (!running_) return conclude(job_progress::kind::cancelled);
  running_->cancel();
}

void keeper_state::conclude(job_progress::kind how, error cause) {
  self_->send(coordinator_, slots_released{definition_.id});
  wait_for({});
  store_.reset();
  restore_.reset();
  tell(how, std::move(cause));
  self_->quit();
}

void keeper_state::tell(job_progress::kind what, error cause) {
  job_exception why = std::exchange(blamed_, {});
  why.at = now();
  why.attempt = attempt_;
  why.cause = std::move(cause);
  self_->send(coordinator_, job_progress{definition_.id, what, std::move(why)});
}

void keeper_state::wait_for(const std::string& what) {
  options_.board->change(definition_.id, [&](cluster_job& job) { job.waits_for = what; });
}

job_keeper_handle::behavior_type run_keeper(job_keeper_handle::stateful_pointer<keeper_state> self,
                                            job_definition definition, std::string savepoint,
                                            coordinator_handle coordinator,
                                            keeper_options options) {
  return self->state.behavior(std::move(definition), std::move(savepoint), std::move(coordinator),
                              std::move(options));
}

}  // namespace

job_keeper_handle spawn_job_keeper(caf::actor_system& system, job_definition definition,
                                   std::string savepoint, coordinator_handle coordinator,
                                   keeper_options options) {
  auto keeper = system.spawn<caf::detached>(run_keeper, std::move(definition), std::move(savepoint),
                                            std::move(coordinator), std::move(options));
  caf::anon_send(keeper, launch_job{});
  return keeper;
}

}  // namespace millrace::actors
