#pragma once

#include "actors/jobs/job_setup.hpp"
#include "actors/jobs/wiring.hpp"
#include "actors/protocol/interfaces.hpp"
#include "core/runtime/task_metrics.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace millrace::actors {

/// Tasks of one job in this process: spawned and connected, each with its machine on its way to it.
struct task_group {
  std::vector<task_handle> tasks;  ///< by task number; null for those elsewhere
  std::vector<std::shared_ptr<const runtime::task_metrics>> metrics;  ///< of those here
};

/// Deploys those tasks of a job that are `here` (by task number); they wait for `start_task`.
/// `remote` connects them with the others; null when there are none. On an error those that were
/// spawned have been told to stop. Errors: those of the operators' and connectors' factories.
[[nodiscard]] result<task_group> deploy_tasks(caf::actor_system& system, const job_setup& setup,
                                              const job_master_handle& master,
                                              const std::function<bool(std::uint32_t)>& here,
                                              remote_wiring* remote);

}  // namespace millrace::actors
