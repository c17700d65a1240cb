#include "actors/jobs/checkpoint_writer.hpp"

#include "actors/jobs/task_state_files.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace millrace::actors {

namespace {

class writer_state {
 public:
  static inline const char* name = "checkpoint-writer";
  using self_pointer = checkpoint_writer_handle::stateful_pointer<writer_state>;

  explicit writer_state(self_pointer self) : self_(self) {}
  checkpoint_writer_handle::behavior_type behavior(
      std::shared_ptr<coordination::snapshot_store> store, job_master_handle master);

 private:
  void begin(checkpoint_id id);
  [[nodiscard]] manifest_stored complete(coordination::checkpoint_manifest& manifest);
  void stop();

  self_pointer self_;
  std::shared_ptr<coordination::snapshot_store> store_;
  job_master_handle master_;
  std::optional<error> not_begun_;  // why the newest checkpoint could not be begun
};

checkpoint_writer_handle::behavior_type writer_state::behavior(
    std::shared_ptr<coordination::snapshot_store> store, job_master_handle master) {
  store_ = std::move(store);
  master_ = std::move(master);
  return {
      [this](const begin_checkpoint& m) { begin(m.id); },
      [this](write_states& m) {
        states_written done{m.task, std::move(m.snapshot), {}, std::nullopt};
        m.snapshot = done.snapshot;
        done.failure = not_begun_;
        if (not_begun_) return self_->send(master_, std::move(done));
        auto written = write_task_state(*store_, m.task, *m.snapshot, m.states);
        if (!written) done.failure = written.take_error();
        done.states = std::move(m.states);
        self_->send(master_, std::move(done));
      },
      [this](store_manifest& m) { self_->send(master_, complete(*m.manifest)); },
      [this](const abort_checkpoint& m) { store_->abort(m.id); },
      [this](const stop_writing&) { stop(); },
  };
}

void writer_state::begin(checkpoint_id id) {
  not_begun_.reset();
  if (auto begun = store_->begin(id); !begun.ok()) not_begun_ = begun.take_error();
}

manifest_stored writer_state::complete(coordination::checkpoint_manifest& manifest) {
  manifest_stored done{manifest.id, nullptr, not_begun_};
  if (not_begun_) return done;
  if (auto stored = store_->complete(std::move(manifest)); stored.ok()) {
    done.manifest = std::make_shared<coordination::checkpoint_manifest>(std::move(stored).value());
  } else {
    done.failure = stored.take_error();
  }
  return done;
}

void writer_state::stop() {
  store_.reset();
  self_->send(std::exchange(master_, nullptr), writing_stopped{});
  self_->quit();
}

checkpoint_writer_handle::behavior_type run_writer(
    checkpoint_writer_handle::stateful_pointer<writer_state> self,
    std::shared_ptr<coordination::snapshot_store> store, job_master_handle master) {
  return self->state.behavior(std::move(store), std::move(master));
}

}  // namespace

checkpoint_writer_handle spawn_checkpoint_writer(
    caf::actor_system& system, std::shared_ptr<coordination::snapshot_store> store,
    job_master_handle master, bool detached) {
  if (detached) {
    return system.spawn<caf::detached>(run_writer, std::move(store), std::move(master));
  }
  return system.spawn(run_writer, std::move(store), std::move(master));
}

}  // namespace millrace::actors
