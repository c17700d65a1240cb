#include "actors/jobs/job_master_state.hpp"

#include "core/coordination/takeover.hpp"

#include <utility>

// Tasks that run already, under a master that was lost, are taken over as they are: what they have
// told that one and may have been lost with it, they tell again.

namespace millrace::actors {

namespace {

using part = coordination::attempt_report::part;

void append(std::vector<runtime::sink_committable>& to,
            const std::vector<std::pair<std::uint32_t, std::string>>& plain) {
  for (const auto& [node, bytes] : plain) to.push_back({node, {bytes}});
}

// What a complete checkpoint holds was committed when that was restored.
std::vector<runtime::sink_committable> prepared_behind(checkpoint_id complete, const part& p) {
  std::vector<runtime::sink_committable> all;
  for (const auto& work : p.prepared) {
    if (work.checkpoint > complete) append(all, work.committables);
  }
  return all;
}

// A task that had no part of its own in the complete checkpoint had ended before it.
task_ended end_of(checkpoint_id complete, const part& p) {
  task_ended ended{p.task, static_cast<task_ended::how>(p.end->end), p.end->cause, {}};
  ended.left.finished_splits = p.end->finished_splits;
  if (p.acknowledged >= complete) append(ended.left.committables, p.end->committables);
  return ended;
}

}  // namespace

checkpoint_id master_state::newest_known() const {
  const job_options& options = setup_->options;
  const checkpoint_id kept =
      options.checkpoints ? options.checkpoints->newest_id() : checkpoint_id();
  return options.adopted ? std::max(kept, options.adopted->newest) : kept;
}

void master_state::take_over() {
  const auto& parts = setup_->options.adopted->parts;
  const checkpoint_id complete = setup_->restored_checkpoint();
  for (const part& p : parts) {
    book_->take_over(p.task, p.finished_splits, prepared_behind(complete, p));
  }
  open_desks();
  for (const part& p : parts) {
    if (p.end) {
      task_ended ended = end_of(complete, p);
      on_task_ended(ended);
    } else if (p.wants_split) {
      on_split_wanted(p.task);
    }
  }
}

// Splits that its readers have got already.
void master_state::take_over(source_desk& desk) const {
  std::vector<connectors::source_split> given;
  for (const part& p : setup_->options.adopted->parts) {
    if (p.task < desk.first_task || p.task >= desk.first_task + desk.readers) continue;
    given.insert(given.end(), p.given.begin(), p.given.end());
  }
  desk.enumerator.take_over(std::move(given));
}

}  // namespace millrace::actors
