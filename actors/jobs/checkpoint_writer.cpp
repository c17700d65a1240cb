#include "actors/jobs/checkpoint_writer.hpp"

#include "core/base/fail_point.hpp"
#include "core/coordination/in_flight.hpp"
#include "core/tables/table_set.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <string>
#include <utility>

namespace millrace::actors {

namespace {

using coordination::state_file_kind;

class writer_state {
 public:
  static inline const char* name = "checkpoint-writer";
  using self_pointer = checkpoint_writer_handle::stateful_pointer<writer_state>;

  explicit writer_state(self_pointer self) : self_(self) {}
  checkpoint_writer_handle::behavior_type behavior(
      std::shared_ptr<coordination::snapshot_store> store, job_master_handle master);

 private:
  void begin(checkpoint_id id);
  [[nodiscard]] result<void> write(write_states& m);
  [[nodiscard]] manifest_stored complete(coordination::checkpoint_manifest& manifest);
  [[nodiscard]] result<void> write_in_flight(std::uint32_t task, runtime::task_snapshot& snapshot,
                                             coordination::operator_state& state);
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
        if (auto written = write(m); !written.ok()) done.failure = written.take_error();
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

// A delta goes behind the files that `states` name already, a snapshot stands alone.
result<void> writer_state::write(write_states& m) {
  if (not_begun_) return *not_begun_;
  const checkpoint_id id = m.snapshot->barrier.id;
  for (std::size_t i = 0; i < m.states.size(); ++i) {
    coordination::operator_state& state = m.states[i];
    if (state.in_flight) {
      MILLRACE_CHECK(write_in_flight(m.task, *m.snapshot, state));
      continue;
    }
    const auto& delta = m.snapshot->state.stages[i];
    if (!delta || state.tables.empty()) continue;
    MILLRACE_CHECK(pass_step(protocol_step::write));
    const bool whole = delta->mode() == tables::freeze_mode::snapshot;
    if (whole) state.files.clear();
    MILLRACE_TRY(const auto reader, tables::table_set::read_delta(delta));
    const std::string owner = state.operator_id + "-" + std::to_string(state.subtask);
    MILLRACE_TRY(
        auto file,
        store_->write_state(id, owner, whole ? state_file_kind::snapshot : state_file_kind::delta,
                            *reader));
    state.files.push_back(std::move(file));
  }
  return {};
}

result<void> writer_state::write_in_flight(std::uint32_t task, runtime::task_snapshot& snapshot,
                                           coordination::operator_state& state) {
  MILLRACE_CHECK(pass_step(protocol_step::write));
  const auto reader = coordination::read_channels(std::move(snapshot.overtaken));
  const std::string owner = "in-flight-" + std::to_string(task);
  MILLRACE_TRY(auto file,
               store_->write_state(snapshot.barrier.id, owner, state_file_kind::snapshot, *reader));
  state.files = {std::move(file)};
  return {};
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
