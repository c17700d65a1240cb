#pragma once

#include "actors/protocol/messages.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace millrace::actors {

/// A running chain instance. Life: deploy_task, start_task, then anything, until it tells its job
/// master `task_ended`.
using task_handle = caf::typed_actor<
    caf::reacts_to<deploy_task>, caf::reacts_to<start_task>, caf::reacts_to<element_arrived>,
    caf::reacts_to<credit_granted>, caf::reacts_to<run_turn>, caf::reacts_to<wake_up>,
    caf::reacts_to<state_loaded>, caf::reacts_to<split_assigned>, caf::reacts_to<barrier_triggered>,
    caf::reacts_to<checkpoint_settled>, caf::reacts_to<channel_failed>, caf::reacts_to<stop_task>>;

/// Deploys the tasks of one job, watches them, triggers checkpoints, commits sinks, and ends when
/// all tasks have.
using job_master_handle =
    caf::typed_actor<caf::reacts_to<launch_job>, caf::reacts_to<split_wanted>,
                     caf::reacts_to<task_acknowledged>, caf::reacts_to<task_ended>,
                     caf::reacts_to<cancel_job>, caf::reacts_to<checkpoint_wanted>,
                     caf::reacts_to<wake_tasks>, caf::reacts_to<master_tick>,
                     caf::reacts_to<commit_again>, caf::reacts_to<output_shown>,
                     caf::reacts_to<states_written>, caf::reacts_to<manifest_stored>,
                     caf::reacts_to<writing_stopped>>;

/// Writes the checkpoints of one job.
using checkpoint_writer_handle =
    caf::typed_actor<caf::reacts_to<begin_checkpoint>, caf::reacts_to<write_states>,
                     caf::reacts_to<store_manifest>, caf::reacts_to<abort_checkpoint>,
                     caf::reacts_to<stop_writing>>;

}  // namespace millrace::actors
