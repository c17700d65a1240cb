#include "actors/cluster/coordinator.hpp"

#include "actors/cluster/actor_door.hpp"
#include "actors/cluster/coordinator_actor.hpp"
#include "state/checkpoint/checkpoint_store.hpp"
#include "state/checkpoint/folder_layout.hpp"
#include "state/checkpoint/savepoint.hpp"
#include "state/jobs/file_job_store.hpp"
#include "state/storage/open_folder.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

namespace millrace::actors {

namespace {

using namespace coordination;

constexpr const char* identity = "coordinator";
constexpr int savepoint_tries = 5;
constexpr std::chrono::seconds patience_with_ends{60};

// One step of a path: whoever submits stays in the folder of savepoints.
result<void> check_savepoint_name(const std::string& name) {
  if (!name.starts_with('.') && name.find('/') == name.npos) return {};
  return make_error(errc::config_bad_usage, "'" + name + "' is no name of a savepoint",
                    "give the last part of the path that savepoint printed");
}

error not_possible(const std::string& job, const std::string& why) {
  return make_error(errc::config_bad_usage, "no savepoint of job " + job + ": " + why);
}

error not_alive(const std::string& job) {
  return make_error(errc::config_bad_usage, "job " + job + " does not run",
                    "submit its script again; --from-savepoint goes on from what it had");
}

class running_coordinator final : public coordinator {
 public:
  running_coordinator(engine& in, coordinator_options options) : system_(in.system()) {
    parts_.options = std::move(options);
    parts_.options.log = [board = &parts_.board,
                          write = std::move(parts_.options.log)](const std::string& line) {
      board->note(line);
      write(line);
    };
    parts_.in = &in;
  }
  ~running_coordinator() override { stop(); }

  result<void> start() {
    MILLRACE_TRY(auto found, open_catalogue());
    net::hub_options hub;
    hub.name = identity;
    hub.listen = parts_.options.listen;
    hub.keys = parts_.options.keys;
    hub.silence_ms = parts_.options.silence_ms;
    MILLRACE_TRY(parts_.links,
                 control_links::open(std::move(hub), tell_of_links(door_, parts_.options.log)));
    parts_.links->set_epoch(epoch_);
    actor_ = spawn_coordinator(system_, &parts_, std::move(found));
    door_->open(actor_);
    return {};
  }

  const std::string& endpoint() const override { return parts_.links->endpoint(); }
  const cluster_board& board() const override { return parts_.board; }
  std::size_t actors() const override { return system_.registry().running(); }

  result<void> submit(job_submission submission) override {
    MILLRACE_CHECK(check_savepoint_name(submission.savepoint));
    auto taken = std::make_shared<std::promise<result<void>>>();
    auto answer = taken->get_future();
    const std::string id = submission.definition.id;
    caf::anon_send(actor_,
                   job_submitted{std::move(submission.name), std::move(submission.definition),
                                 std::move(submission.savepoint), std::move(taken)});
    auto done = answer.get();
    parts_.board.change(id, [&](cluster_job& job) { job.slots = submission.slots; });
    return done;
  }

  void cancel(const std::string& job) override { caf::anon_send(actor_, job_cancelled{job}); }

  result<std::string> savepoint(const std::string& id) override {
    const auto job = parts_.board.find(id);
    if (!job) return not_possible(id, "it is not known");
    if (!job->running) return not_possible(id, "it does not run");
    if (parts_.options.checkpoint_directory.empty()) {
      return not_possible(id, "the cluster was started without --checkpoint-dir");
    }
    // A checkpoint that is retired while it is copied makes room for a newer one.
    for (int tries = 1;; ++tries) {
      MILLRACE_TRY(const auto checkpoint, job->running->checkpoint(true));
      auto path = copy_out(id, checkpoint, job->running->plan().options);
      if (path || tries == savepoint_tries) return path;
    }
  }

  result<void> halt(const std::string& id) override {
    const auto job = parts_.board.find(id);
    if (!job || has_ended(job->entry.phase)) {
      return make_error(errc::config_bad_usage, "job " + id + " does not run");
    }
    // What cannot be taken is no reason to go on: the one before is as good, only older.
    if (job->running && !parts_.options.checkpoint_directory.empty()) {
      static_cast<void>(job->running->checkpoint(true));
    }
    cancel(id);
    if (parts_.board.wait_for_end(id, patience_with_ends)) return {};
    return make_error(errc::runtime_cancelled, "job " + id + " was cancelled and has not ended yet",
                      "'millrace show " + id + "' tells what it does; try again when it has");
  }

  result<std::string> remains(const std::string& id) override {
    const auto job = parts_.board.find(id);
    if (!job) return not_possible(id, "it is not known");
    if (!has_ended(job->entry.phase)) return not_possible(id, "it has not ended");
    const std::string& root = parts_.options.checkpoint_directory;
    if (root.empty()) return std::string();
    MILLRACE_TRY(const auto plan, parts_.options.compile(job->entry.definition));
    const auto newest = state::open_snapshot(root + "/" + id, verification::presence, plan.options);
    if (newest) return copy_once(id, *newest, plan.options);
    if (newest.error().code != state_not_found) return newest.error();
    const std::string& begun = job->entry.savepoint;
    return begun.empty() ? begun : root + "/savepoints/" + begun;
  }

  result<void> rescale(const std::string& id, std::uint32_t parallelism) override {
    const auto job = parts_.board.find(id);
    if (!job || has_ended(job->entry.phase)) return not_alive(id);
    MILLRACE_TRY(auto definition, parts_.options.rescale(job->entry.definition, parallelism));
    start_over(*job, std::move(definition));
    return {};
  }

  result<void> restart(const std::string& id) override {
    const auto job = parts_.board.find(id);
    if (!job || has_ended(job->entry.phase)) return not_alive(id);
    start_over(*job, job->entry.definition);
    return {};
  }

  bool drain(const std::string& worker) override {
    const auto workers = parts_.board.workers();
    if (std::ranges::find(workers, worker, &cluster_worker::name) == workers.end()) return false;
    caf::anon_send(actor_, worker_drained{worker});
    return true;
  }

  void stop() override {
    if (!actor_) return;
    caf::scoped_actor waiter(system_);
    caf::anon_send(actor_, leave_cluster{});
    waiter->wait_for(actor_);
    door_->shut();
    actor_ = coordinator_handle();
  }

 private:
  // Where checkpoints lie, jobs do. In object storage there is no catalogue yet.
  result<std::vector<job_entry>> open_catalogue() {
    const std::string& root = parts_.options.checkpoint_directory;
    parts_.leader_epoch = parts_.options.epoch;
    // Without an election every start of a coordinator counts as one.
    const bool elected = parts_.options.epoch != 0;
    epoch_ = elected ? parts_.options.epoch : static_cast<std::uint64_t>(system_clock().now());
    if (root.empty() || state::is_remote(root)) return std::vector<job_entry>();
    MILLRACE_TRY(parts_.store, state::open_file_job_store(root + "/jobs", epoch_));
    epoch_ = parts_.leader_epoch = parts_.store->epoch();
    MILLRACE_TRY(auto kept, parts_.store->load());
    for (const error& e : kept.damaged) parts_.options.log("a job cannot be read: " + e.message);
    return std::move(kept.jobs);
  }

  // What cannot be taken is no reason to stay: the job goes on from the checkpoint before.
  void start_over(const cluster_job& job, job_definition definition) {
    if (job.running && job.last_checkpoint.value > 0) {
      static_cast<void>(job.running->checkpoint(true));
    }
    caf::anon_send(actor_, job_redefined{std::move(definition)});
  }

  [[nodiscard]] result<std::string> copy_out(const std::string& job, checkpoint_id checkpoint,
                                             const option_map& storage) const {
    const std::string& root = parts_.options.checkpoint_directory;
    const std::string from = root + "/" + job + "/" + state::checkpoint_folder(checkpoint);
    std::string to = savepoint_of(job, checkpoint);
    MILLRACE_TRY(const auto opened, state::open_snapshot(from, verification::presence, storage));
    MILLRACE_TRY(const auto folder, state::open_folder(to, storage));
    MILLRACE_CHECK(state::write_savepoint(*opened.files, opened.manifest, *folder));
    return to;
  }

  // One that is whole serves again; of a copy that was broken off nothing is left.
  [[nodiscard]] result<std::string> copy_once(const std::string& job, const opened_snapshot& from,
                                              const option_map& storage) const {
    std::string to = savepoint_of(job, from.manifest.id);
    if (state::open_snapshot(to, verification::presence, storage)) return to;
    MILLRACE_TRY(const auto folder, state::open_folder(to, storage));
    folder->remove_folder("");
    MILLRACE_CHECK(state::write_savepoint(*from.files, from.manifest, *folder));
    return to;
  }

  [[nodiscard]] std::string savepoint_of(const std::string& job, checkpoint_id checkpoint) const {
    return parts_.options.checkpoint_directory + "/savepoints/" + job + "-" +
           std::to_string(checkpoint.value);
  }

  caf::actor_system& system_;
  coordinator_parts parts_;
  std::shared_ptr<actor_door<coordinator_handle>> door_ =
      std::make_shared<actor_door<coordinator_handle>>();
  coordinator_handle actor_;
  std::uint64_t epoch_ = 0;  // stands on every message
};

}  // namespace

result<std::unique_ptr<coordinator>> coordinator::start(engine& in, coordinator_options options) {
  auto made = std::make_unique<running_coordinator>(in, std::move(options));
  MILLRACE_CHECK(made->start());
  return std::unique_ptr<coordinator>(std::move(made));
}

}  // namespace millrace::actors
