#include "actors/cluster/coordinator_state.hpp"
#include "core/base/clock.hpp"
#include "core/base/state_errors.hpp"

#include <utility>

// What the coordinator does with jobs: the catalogue decides, keepers look after them.

namespace millrace::actors {

using namespace coordination;

void coordinator_state::submit(job_submitted& m) {
  const job_definition definition = m.definition;
  auto taken =
      catalogue_.on_submit(m.name, std::move(m.definition), m.savepoint, system_clock().now());
  if (taken.ok()) taken = publish();
  const bool ok = taken.ok();
  m.taken->set_value(std::move(taken));
  if (ok) keep(definition, m.savepoint);
}

void coordinator_state::take_up(std::vector<job_entry> found) {
  catalogue_ = job_catalogue(std::move(found));
  for (const job_entry* entry : catalogue_.list()) parts_->board.set_entry(*entry);
  for (const job_entry* entry : catalogue_.unfinished()) {
    log("job " + entry->definition.id + ": taken up again");
    expect(*entry);
    keep(entry->definition, entry->savepoint);
    if (entry->phase == job_phase::cancelling) cancel(entry->definition.id);
  }
}

void coordinator_state::keep(job_definition definition, const std::string& savepoint) {
  const coordinator_options& o = parts_->options;
  const std::string id = definition.id;
  keeper_options options{.in = parts_->in,
                         .board = &parts_->board,
                         .compile = o.compile,
                         .checkpoint_directory = o.checkpoint_directory,
                         .leader_epoch = parts_->leader_epoch,
                         .log_checkpoints = o.log_checkpoints,
                         .log = o.log,
                         .on_deposed = o.on_deposed};
  auto keeper = spawn_job_keeper(self_->system(), std::move(definition), savepoint,
                                 coordinator_handle(self_), std::move(options));
  self_->monitor(keeper);
  keepers_[id] = std::move(keeper);
}

void coordinator_state::redefine(const job_redefined& m) {
  catalogue_.on_redefine(m.definition);
  if (auto kept = publish(); !kept) log(kept.error().message);
  const auto keeper = keepers_.find(m.definition.id);
  if (keeper != keepers_.end()) self_->send(keeper->second, m);
}

void coordinator_state::cancel(const std::string& job) {
  catalogue_.on_cancel(job);
  if (auto kept = publish(); !kept) log(kept.error().message);
  const auto keeper = keepers_.find(job);
  if (keeper != keepers_.end()) self_->send(keeper->second, cancel_job{});
}

void coordinator_state::follow(job_progress& m) {
  const timestamp_ms now = system_clock().now();
  using kind = job_progress::kind;
  switch (m.what) {
    case kind::running: catalogue_.on_running(m.job, now); break;
    case kind::restarting: catalogue_.on_failure(m.job, std::move(m.why), true); break;
    case kind::failed: catalogue_.on_failure(m.job, std::move(m.why), false); break;
    case kind::finished: catalogue_.on_finished(m.job, now); break;
    case kind::cancelled: catalogue_.on_cancelled(m.job, now); break;
  }
  if (auto kept = publish(); !kept) log(kept.error().message);
  const job_entry* entry = catalogue_.find(m.job);
  if (entry != nullptr && has_ended(entry->phase)) held_.erase(m.job);
  if (entry != nullptr) log("job " + m.job + ": " + std::string(to_text(entry->phase)));
}

// Durable first, then to be seen.
result<void> coordinator_state::publish() {
  result<void> stored;
  for (const catalogue_change& change : catalogue_.take_changes()) {
    if (parts_->store) {
      auto done =
          change.entry ? parts_->store->put(*change.entry) : parts_->store->erase(change.id);
      if (!done && done.error().code == state_locked) parts_->options.on_deposed(done.error());
      if (!done) stored = std::move(done);
    }
    if (change.entry) {
      parts_->board.set_entry(*change.entry);
    } else {
      parts_->board.erase(change.id);
    }
  }
  return stored;
}

}  // namespace millrace::actors
