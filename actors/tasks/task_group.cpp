#include "actors/tasks/task_group.hpp"

#include "actors/tasks/task_actor.hpp"
#include "actors/tasks/task_builder.hpp"

#include <caf/send.hpp>

#include <utility>

namespace millrace::actors {

namespace {

using machines = std::vector<std::shared_ptr<runtime::task>>;

result<machines> build_machines(const job_setup& setup, const task_group& group,
                                std::vector<task_channels> channels) {
  machines all(group.tasks.size());
  std::uint32_t number = 0;
  for (std::uint32_t v = 0; v < setup.graph.vertices.size(); ++v) {
    for (std::uint32_t s = 0; s < setup.graph.vertices[v].parallelism; ++s, ++number) {
      if (!group.tasks[number]) continue;
      const auto wake = [task = group.tasks[number]] { caf::anon_send(task, wake_up{}); };
      MILLRACE_TRY(all[number],
                   build_task(setup, vertex_id(v), s, std::move(channels[number]), wake));
    }
  }
  return all;
}

}  // namespace

result<task_group> deploy_tasks(caf::actor_system& system, const job_setup& setup,
                                const job_master_handle& master,
                                const std::function<bool(std::uint32_t)>& here,
                                remote_wiring* remote) {
  task_group group;
  std::vector<std::shared_ptr<runtime::mailbox>> mailboxes;
  for (std::uint32_t t = 0; t < setup.graph.task_count(); ++t) {
    group.tasks.push_back(here(t) ? spawn_task(system, t, master, *setup.options.io)
                                  : task_handle());
    mailboxes.push_back(here(t) ? mailbox_of(group.tasks.back()) : nullptr);
  }
  auto built = build_machines(setup, group, wire_tasks(setup, mailboxes, remote));
  for (std::uint32_t t = 0; t < group.tasks.size(); ++t) {
    if (!group.tasks[t]) continue;
    // As urgent as `start_task`, which must not overtake it.
    constexpr auto urgent = caf::message_priority::high;
    if (!built) {
      caf::anon_send<urgent>(group.tasks[t], stop_task{});
      continue;
    }
    group.metrics.push_back((*built)[t]->shared_metrics());
    caf::anon_send<urgent>(group.tasks[t], deploy_task{std::move((*built)[t])});
  }
  if (!built) return built.take_error();
  return group;
}

}  // namespace millrace::actors
