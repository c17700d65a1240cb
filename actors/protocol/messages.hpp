#pragma once

#include "core/connectors/source.hpp"
#include "core/coordination/checkpoint_book.hpp"
#include "core/coordination/checkpoint_manifest.hpp"
#include "core/runtime/channel.hpp"
#include "core/runtime/task.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

// What actors of one process tell each other. The messages hold views and handles and never leave
// the process: towards another worker a proxy turns them into control.capnp and element.capnp.

namespace millrace::actors {

// To a task.

/// Its machine, ready to be opened.
struct deploy_task {
  std::shared_ptr<runtime::task> machine;
};
/// All tasks of the job are deployed: open and run.
struct start_task {};
/// Something came over a channel.
struct element_arrived {
  channel_id from;
  runtime::parcel what;
};
/// A reader takes more.
struct credit_granted {
  runtime::output_channel to;
  std::int64_t bytes = 0;
};
/// The task's own: one more turn.
struct run_turn {};
/// A wait is over: a timer, room in the session's queue, a clock that a test moved.
struct wake_up {};
/// The task's own: spilled key groups that it asked for have been read.
struct state_loaded {};
/// The enumerator's answer; none: no more splits.
struct split_assigned {
  std::optional<connectors::source_split> split;
};
/// Sources: emit a barrier.
struct barrier_triggered {
  data::barrier barrier;
};
struct checkpoint_settled {
  checkpoint_id id;
  bool complete = false;
};
struct channel_failed {
  error cause;
};
/// Stop at once; answered by `task_ended`.
struct stop_task {};

// To a job master. Tasks are named by their number within the job.

struct split_wanted {
  std::uint32_t task = 0;
};
struct task_acknowledged {
  std::uint32_t task = 0;
  /// Keeps the task's tables alive, too, until what they froze is written.
  std::shared_ptr<runtime::task_snapshot> snapshot;
};
struct task_ended {
  enum class how : std::uint8_t { finished, cancelled, failed };
  std::uint32_t task = 0;
  how end = how::finished;
  std::optional<error> cause;
  coordination::finished_report left;  ///< when finished
};
struct launch_job {};
struct cancel_job {};
struct checkpoint_wanted {
  bool in_line = false;  ///< for a savepoint: its barrier overtakes nothing
};
/// A test has fed rows or moved the clock: all tasks look again.
struct wake_tasks {};
/// The master's own: time for a checkpoint, or to look for new splits.
struct master_tick {};
/// The session has printed the rows of a checkpoint that is to be stored; `position`: how far its
/// output is by now.
struct output_shown {
  checkpoint_id id;
  std::string position;
};
/// The master's own: time to try again what could not be committed.
struct commit_again {};

// Between a job master and its checkpoint writer.

struct begin_checkpoint {
  checkpoint_id id;
};
/// Write what a task has frozen; `states`: of its operators, in the chain's order, with the files
/// that a delta comes behind. Answered by `states_written`.
struct write_states {
  std::uint32_t task = 0;
  std::shared_ptr<runtime::task_snapshot> snapshot;
  std::vector<coordination::operator_state> states;
};
struct states_written {
  std::uint32_t task = 0;
  std::shared_ptr<runtime::task_snapshot> snapshot;
  std::vector<coordination::operator_state> states;
  std::optional<error> failure;
};
/// Make the checkpoint durable and the job's newest. Answered by `manifest_stored`.
struct store_manifest {
  std::shared_ptr<coordination::checkpoint_manifest> manifest;
};
struct manifest_stored {
  checkpoint_id id;
  std::shared_ptr<const coordination::checkpoint_manifest> manifest;  ///< as stored
  std::optional<error> failure;
};
struct abort_checkpoint {
  checkpoint_id id;
};
/// Let the store go and end. Answered by `writing_stopped`.
struct stop_writing {};
struct writing_stopped {};

}  // namespace millrace::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::deploy_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::start_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::element_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::credit_granted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::run_turn)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::wake_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::state_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::split_assigned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::barrier_triggered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::checkpoint_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::channel_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::stop_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::split_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::task_acknowledged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::task_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::launch_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::cancel_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::checkpoint_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::wake_tasks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::master_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::commit_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::output_shown)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::begin_checkpoint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::write_states)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::states_written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::store_manifest)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::manifest_stored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::abort_checkpoint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::stop_writing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::writing_stopped)
