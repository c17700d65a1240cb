#pragma once

#include "actors/cluster/attempt_front.hpp"
#include "actors/protocol/cluster_messages.hpp"
#include "core/coordination/job_entry.hpp"
#include "core/coordination/job_graph.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <future>
#include <memory>
#include <string>
#include <vector>

// The actors of a coordinator process: one coordinator, and a keeper per job.

namespace millrace::actors {

// To a keeper.

/// Slots for an attempt, and who stands for its tasks.
struct attempt_granted {
  coordination::attempt_number attempt = 0;
  attempt_front_handle front;
  std::vector<std::string> workers;  ///< each once
  std::vector<std::string> places;   ///< workers by task
  /// Its tasks run already, under the leader before; null: they are to be deployed.
  std::shared_ptr<const coordination::adopted_attempt> adopted;
};
/// There are not enough slots at the moment; the request stays.
struct slots_missing {
  std::uint32_t missing = 0;
};
/// The attempt's master has said its last word.
struct attempt_over {
  coordination::job_status status = coordination::job_status::failed;
  std::optional<error> cause;
};
/// The job is to go on at another parallelism.
struct job_redefined {
  coordination::job_definition definition;
};
/// The delay before another attempt is over.
struct retry_due {};

/// Looks after one job over all of its attempts: opens its checkpoints, asks for slots, starts a
/// master, and restarts after failures as the job's strategy says.
using job_keeper_handle =
    caf::typed_actor<caf::reacts_to<launch_job>, caf::reacts_to<attempt_granted>,
                     caf::reacts_to<slots_missing>, caf::reacts_to<attempt_over>,
                     caf::reacts_to<retry_due>, caf::reacts_to<job_redefined>,
                     caf::reacts_to<cancel_job>>;

// To the coordinator.

/// A keeper asks for slots. `order`: without attempt, peers and places.
struct slots_wanted {
  job_keeper_handle keeper;
  std::shared_ptr<const coordination::job_graph> graph;
  coordination::deploy_order order;
};
/// An attempt is over, or nobody wants its slots any more.
struct slots_released {
  std::string job;
};
struct job_submitted {
  std::string name;
  coordination::job_definition definition;
  std::string savepoint;  ///< its name; empty: none
  /// Told when the job is in the catalogue, or why it is not.
  std::shared_ptr<std::promise<result<void>>> taken;
};
/// A keeper tells how its job does.
struct job_progress {
  enum class kind : std::uint8_t { running, restarting, failed, finished, cancelled };
  std::string job;
  kind what = kind::running;
  coordination::job_exception why;  ///< when restarting or failed
};
/// Jobs of coordinators before this one are to be taken up again.
struct jobs_found {
  std::vector<coordination::job_entry> entries;
};
struct job_cancelled {
  std::string job;
};
/// The worker shall run nothing any more.
struct worker_drained {
  std::string worker;
};

/// Knows workers and slots, and finds the actor that a worker's message is for.
using coordinator_handle = caf::typed_actor<
    caf::reacts_to<control_arrived>, caf::reacts_to<peer_lost>, caf::reacts_to<heartbeat_tick>,
    caf::reacts_to<slots_wanted>, caf::reacts_to<slots_released>, caf::reacts_to<job_submitted>,
    caf::reacts_to<job_redefined>, caf::reacts_to<job_cancelled>, caf::reacts_to<job_progress>,
    caf::reacts_to<jobs_found>, caf::reacts_to<worker_drained>, caf::reacts_to<leave_cluster>>;

}  // namespace millrace::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::attempt_granted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::slots_missing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::attempt_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::retry_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::job_redefined)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::slots_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::slots_released)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::job_submitted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::job_cancelled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::job_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::jobs_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::worker_drained)
