#include "actors/jobs/job_master_state.hpp"

#include "core/base/fail_point.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

// What checkpoints let go: rows for the session, and what sinks commit. A commit that fails is
// tried again until it is done; meanwhile later checkpoints hold what it has to do, too.

namespace millrace::actors {

namespace {

constexpr std::int64_t first_pause_ms = 100;
constexpr std::int64_t longest_pause_ms = 10'000;

std::int64_t pause_after(std::int64_t failures) {
  const auto doublings = std::min<std::int64_t>(failures - 1, 16);
  return std::min(longest_pause_ms, first_pause_ms << doublings);
}

}  // namespace

// What the restored checkpoint let go may not have been committed.
result<void> master_state::recommit() {
  if (setup_->options.job_id.empty()) return {};
  MILLRACE_CHECK(pass_step(protocol_step::recover));
  if (!setup_->options.restore) return {};
  const auto& manifest = setup_->options.restore->manifest();
  std::vector<runtime::sink_committable> prepared;
  for (const auto& [node, sink] : setup_->sinks) {
    for (const coordination::sink_state& s : manifest.sinks) {
      if (s.operator_id != setup_->plan.nodes[node].id) continue;
      std::vector<connectors::committable> work;
      for (const std::string& bytes : s.committables) work.push_back({bytes});
      sink->restore(s.subtask, work);
      // A savepoint's was committed by the job that wrote it.
      if (manifest.savepoint) continue;
      for (auto& one : work) prepared.push_back({node, std::move(one)});
    }
  }
  return commit(std::move(prepared));
}

// Whatever came behind the restored checkpoint is void.
result<void> master_state::clear_leftovers() {
  if (setup_->options.job_id.empty()) return {};
  MILLRACE_CHECK(pass_step(protocol_step::clear));
  const checkpoint_id restored = setup_->restored_checkpoint();
  for (const auto& [node, sink] : setup_->sinks) {
    MILLRACE_CHECK(sink->clear_leftovers(setup_->options.job_id, restored));
  }
  return {};
}

// The checkpoint waits until the session has printed what belongs to it.
void master_state::show_rows(checkpoint_id id) {
  auto& session = *setup_->options.collect;
  for (auto& batch : book_->take_rows(id)) session.push(std::move(batch));
  const auto me = caf::actor_cast<job_master_handle>(self_);
  session.when_taken([me, id, position = setup_->options.output_position] {
    caf::anon_send(me, output_shown{id, position()});
  });
}

void master_state::on_output_shown(output_shown& m) {
  output_position_ = std::move(m.position);
  const bool current = checkpoints_->in_flight() && checkpoints_->newest() == m.id;
  if (current && writer_ && !ended_) store_manifest_now();
}

void master_state::let_go(checkpoint_id id) {
  auto rows = book_->release(id).rows;
  for (auto& batch : rows) setup_->options.collect->push(std::move(batch));
  const bool waiting = uncommitted_.has_value();
  uncommitted_ = id;
  if (!waiting) try_commit();
}

void master_state::try_commit() {
  const checkpoint_id id = *uncommitted_;
  if (auto done = commit(book_->release(id).committables); !done) {
    if (wait_for_commit(done.error())) return;
    uncommitted_.reset();
    return fail(done.take_error());
  }
  book_->committed(id);
  uncommitted_.reset();
  commit_failures_ = 0;
}

// False for what no second try mends.
bool master_state::wait_for_commit(const error& cause) {
  const auto most = setup_->settings.commit_retries;
  ++commit_failures_;
  if (!info_of(cause.code).retry || (most && commit_failures_ > *most)) return false;
  const std::int64_t pause = pause_after(commit_failures_);
  if (setup_->options.on_commit_failure) setup_->options.on_commit_failure(cause, pause);
  self_->delayed_send(self_, std::chrono::milliseconds(pause), commit_again{});
  return true;
}

void master_state::on_commit_again() {
  if (ended_) return;
  if (recovering_) return start();
  if (!uncommitted_) return;
  try_commit();
  if (!uncommitted_) conclude_if_stopped();
}

result<void> master_state::commit(std::vector<runtime::sink_committable> all) {
  std::map<std::uint32_t, std::vector<connectors::committable>> by_sink;
  if (!all.empty()) MILLRACE_CHECK(pass_step(protocol_step::commit));
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

}  // namespace millrace::actors
