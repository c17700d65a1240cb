#pragma once

#include "actors/cluster/control_channel.hpp"
#include "actors/jobs/task_deployer.hpp"
#include "actors/protocol/cluster_messages.hpp"
#include "core/coordination/takeover.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::actors {

/// What a proxy of a task hands on: an order of the master for task number `task`.
struct task_order {
  enum class kind : std::uint8_t { start, stop, split, barrier, settle };
  std::uint32_t task = 0;
  kind what = kind::start;
  split_assigned split = {};
  barrier_triggered barrier = {};
  checkpoint_settled settled = {};
};
/// The master wants its tasks deployed; they report to it.
struct front_launch {
  job_master_handle master;
  std::vector<task_handle> proxies;
  /// Where the counters that workers tell of go, by task number.
  std::vector<std::shared_ptr<runtime::task_metrics>> counters;
  /// What became of the checkpoints of the master before, where tasks run already.
  std::vector<checkpoint_settled> settled;
};
/// A worker of the attempt is gone.
struct worker_gone {
  std::string name;
  error cause;
};

/// Stands for all tasks of one attempt in the coordinator: deploys them on workers, tells workers
/// what the master orders, and tells the master what workers report.
///
/// Tasks start when every worker has deployed its own, so that no row comes before its channel. A
/// worker that is gone fails the tasks it had. Life: until the master it was launched for has
/// ended, or until it is told to stop before it is launched.
using attempt_front_handle =
    caf::typed_actor<caf::reacts_to<front_launch>, caf::reacts_to<task_order>,
                     caf::reacts_to<control_arrived>, caf::reacts_to<worker_gone>>;

/// A worker as an attempt sees it.
struct attempt_peer {
  std::string name;
  std::string data_endpoint;
  std::shared_ptr<control_channel> channel;
};

/// `order` lacks its peers, which are taken from `peers`. `adopted`: the tasks run already; what
/// workers say is kept for the master until it comes. Null: they are to be deployed.
[[nodiscard]] attempt_front_handle spawn_attempt_front(
    caf::actor_system& system, coordination::deploy_order order, std::vector<attempt_peer> peers,
    std::shared_ptr<const coordination::adopted_attempt> adopted);

/// Deploys through a front. `workers`: where each task goes, by number.
[[nodiscard]] std::shared_ptr<task_deployer> deploy_through(attempt_front_handle front,
                                                            std::vector<std::string> workers);

}  // namespace millrace::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::task_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::front_launch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::worker_gone)
