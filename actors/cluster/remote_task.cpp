#include "actors/cluster/remote_task.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace millrace::actors {

namespace {

// What only a task of this process is told has no meaning here.
task_handle::behavior_type run_remote_task(task_handle::pointer self, std::uint32_t number,
                                           attempt_front_handle front) {
  const auto hand_on = [self, front = std::move(front)](task_order order) {
    self->send<caf::message_priority::high>(front, std::move(order));
  };
  using kind = task_order::kind;
  return {
      [](const deploy_task&) {},
      [=](const start_task&) { hand_on({.task = number, .what = kind::start}); },
      [](const element_arrived&) {},
      [](const credit_granted&) {},
      [](const run_turn&) {},
      [](const wake_up&) {},
      [](const state_loaded&) {},
      [=](const split_assigned& m) { hand_on({.task = number, .what = kind::split, .split = m}); },
      [=](const barrier_triggered& m) {
        hand_on({.task = number, .what = kind::barrier, .barrier = m});
      },
      [=](const checkpoint_settled& m) {
        hand_on({.task = number, .what = kind::settle, .settled = m});
      },
      [](const channel_failed&) {},
      [=](const stop_task&) { hand_on({.task = number, .what = kind::stop}); },
  };
}

}  // namespace

task_handle spawn_remote_task(caf::actor_system& system, std::uint32_t number,
                              attempt_front_handle front) {
  return system.spawn(run_remote_task, number, std::move(front));
}

}  // namespace millrace::actors
