#include "actors/jobs/job_master_state.hpp"

#include "core/base/fail_point.hpp"
#include "core/base/state_errors.hpp"
#include "core/coordination/state_takeover.hpp"

#include <algorithm>
#include <utility>

namespace millrace::actors {

namespace {

using coordination::checkpoint_order;

// A chain of deltas this long is read as slowly as a whole state is written.
constexpr std::size_t most_files = 16;

bool worth_a_base(const coordination::operator_state& state) {
  std::uint64_t deltas = 0;
  for (std::size_t i = 1; i < state.files.size(); ++i) deltas += state.files[i].bytes;
  return state.files.size() >= most_files ||
         (state.files.size() > 1 && deltas > state.files.front().bytes + (1U << 20));
}

}  // namespace

void master_state::trigger(checkpoint_id id) {
  const runtime_settings& settings = setup_->settings;
  in_line_ = in_line_wanted_ || !settings.unaligned;
  const data::barrier barrier{.id = id,
                              .at = setup_->options.time->now(),
                              .unaligned = !in_line_,
                              .savepoint = wants_whole_state(),
                              .patience_ms = settings.patience_ms};
  begin(id, barrier.at, in_line_);
  if (auto go = pass_step(protocol_step::trigger); !go) {
    return on_checkpoint_error(id, go.take_error());
  }
  if (writer_) self_->send(writer_, begin_checkpoint{id});
  std::uint32_t first = 0;
  for (const auto& vertex : setup_->graph.vertices) {
    for (std::uint32_t s = 0; vertex.is_source && s < vertex.parallelism; ++s) {
      self_->send<caf::message_priority::high>(tasks_[first + s], barrier_triggered{barrier});
    }
    first += vertex.parallelism;
  }
}

void master_state::begin(checkpoint_id id, timestamp_ms now, bool in_line) {
  book_->begin(id, now);
  checkpoint_note note;
  note.id = id;
  note.in_line = in_line;
  note.triggered_at = now;
  note.tasks = machine_->running_tasks();
  record_->note_begun(note);
}

bool master_state::wants_whole_state() const {
  if (!writer_) return false;
  if (!setup_->settings.incremental || !stored_) return true;
  return std::any_of(stored_->operators.begin(), stored_->operators.end(), worth_a_base);
}

void master_state::on_acknowledged(task_acknowledged& ack) {
  const checkpoint_id id = ack.snapshot->barrier.id;
  if (!writer_) {
    book_->on_acknowledged(ack.task, {}, *ack.snapshot);
    record_->note_acknowledged(id);
    return carry_out(checkpoints_->on_acknowledged(ack.task, id));
  }
  auto states = describe(ack.task, *ack.snapshot);
  ++writing_[ack.task];
  self_->send(writer_, write_states{ack.task, std::move(ack.snapshot), std::move(states)});
}

std::vector<coordination::operator_state> master_state::describe(
    std::uint32_t task, const runtime::task_snapshot& snapshot) const {
  auto states = book_->describe(task, snapshot);
  const auto& restore = setup_->options.restore;
  for (coordination::operator_state& state : states) {
    state.finished = restore && restore->finished(state.operator_id);
    if (!stored_) continue;
    for (const coordination::operator_state& before : stored_->operators) {
      const bool same = before.operator_id == state.operator_id && before.subtask == state.subtask;
      if (same) state.files = before.files;
    }
  }
  return states;
}

void master_state::on_states_written(states_written& m) {
  const checkpoint_id id = m.snapshot->barrier.id;
  if (auto go = pass_step(protocol_step::acknowledge); !go) m.failure = go.take_error();
  book_->on_acknowledged(m.task, std::move(m.states), *m.snapshot);
  if (m.failure) {
    on_checkpoint_error(id, std::move(*m.failure));
  } else {
    record_->note_acknowledged(id);
    carry_out(checkpoints_->on_acknowledged(m.task, id));
  }
  const auto writing = writing_.find(m.task);
  // Tasks elsewhere have their snapshots written there.
  if (writing == writing_.end() || --writing->second > 0) return;
  writing_.erase(writing);
  if (auto finished = finished_meanwhile_.extract(m.task)) on_task_ended(finished.mapped());
}

// A failed fsync leaves nothing to trust, and a lost lock means that another process runs the job.
void master_state::on_checkpoint_error(checkpoint_id id, error cause) {
  const bool fatal = cause.code == state_sync_failed || cause.code == state_locked;
  const bool current = checkpoints_->in_flight() && checkpoints_->newest() == id;
  if (!current && !fatal) return;
  if (current) checkpoint_failure_ = cause;
  carry_out(checkpoints_->on_declined(id, setup_->options.time->now()));
  if (last_checkpoint_ || fatal || checkpoints_->failed_too_often()) fail(std::move(cause));
  conclude_if_stopped();
}

// The tasks' machine takes no failure once they have all finished, but the last checkpoints and
// their commits are still to come.
void master_state::fail(error cause) {
  if (machine_->status() == coordination::job_status::failing) return;
  if (machine_->status() == coordination::job_status::running) {
    return carry_out(machine_->on_failure(std::move(cause)));
  }
  if (!cause_) cause_ = std::move(cause);
}

void master_state::give_up(error cause) {
  fail(std::move(cause));
  conclude_if_stopped();
}

void master_state::conclude_if_stopped() {
  if (coordination::is_final(machine_->status()) && !ended_) conclude();
}

void master_state::carry_out(checkpoint_order order) {
  switch (order.what) {
    case checkpoint_order::kind::none: return;
    case checkpoint_order::kind::trigger: return trigger(order.id);
    case checkpoint_order::kind::store: return store(order.id);
    case checkpoint_order::kind::complete: return settle(order.id, true);
    case checkpoint_order::kind::abort:
      if (writer_) self_->send(writer_, abort_checkpoint{order.id});
      return settle(order.id, false);
  }
}

void master_state::store(checkpoint_id id) {
  if (!writer_) return carry_out(checkpoints_->on_stored(id, setup_->options.time->now()));
  if (setup_->options.collect && setup_->options.output_position) return show_rows(id);
  store_manifest_now();
}

void master_state::store_manifest_now() {
  self_->send(writer_,
              store_manifest{std::make_shared<coordination::checkpoint_manifest>(make_manifest())});
}

coordination::checkpoint_manifest master_state::make_manifest() const {
  auto manifest = book_->manifest();
  manifest.properties["job-id"] = setup_->options.job_id;
  if (!output_position_.empty()) manifest.properties["output"] = output_position_;
  coordination::note_identities(setup_->plan, manifest);
  for (const source_desk& desk : desks_) {
    auto state = desk.enumerator.snapshot(book_->reported_splits(desk.node));
    state.operator_id = setup_->plan.nodes[desk.node].id;
    manifest.enumerators.push_back(std::move(state));
  }
  return manifest;
}

void master_state::on_manifest_stored(manifest_stored& m) {
  if (m.failure) return on_checkpoint_error(m.id, std::move(*m.failure));
  // As if the answer had not come: what is durable by now is committed by the next start.
  if (auto go = pass_step(protocol_step::notify); !go) return give_up(go.take_error());
  stored_ = std::move(m.manifest);
  if (stored_) {
    const auto now = setup_->options.time->now();
    record_->checkpoint_stored(m.id, now - stored_->triggered_at, coordination::bytes_of(*stored_));
  }
  carry_out(checkpoints_->on_stored(m.id, setup_->options.time->now()));
  conclude_if_stopped();
}

void master_state::settle(checkpoint_id id, bool complete) {
  if (complete) let_go(id);
  if (auto go = pass_step(protocol_step::settle); !go) fail(go.take_error());
  tell_all(checkpoint_settled{id, complete});
  tell_settled(id, complete);
  const bool running = machine_->status() == coordination::job_status::running;
  if (checkpoints_->demanded() && running) {
    carry_out(checkpoints_->on_time(setup_->options.time->now()));
  }
}

void master_state::tell_settled(checkpoint_id id, bool complete) {
  auto cause = std::exchange(checkpoint_failure_, std::nullopt);
  if (!complete && !cause) {
    cause = make_error(errc::runtime_interrupted,
                       "a task did not acknowledge within execution.checkpointing.timeout");
  }
  record_->note_settled(id, setup_->options.time->now(), cause);
  record_->checkpoint_settled(id, complete, in_line_ || last_checkpoint_);
  if (setup_->options.on_checkpoint) setup_->options.on_checkpoint(id, cause);
}

}  // namespace millrace::actors
