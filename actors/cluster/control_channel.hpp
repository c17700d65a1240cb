#pragma once

#include "core/coordination/control_messages.hpp"
#include "core/plan/physical/physical_plan.hpp"

#include <functional>
#include <memory>

namespace millrace::actors {

/// The way to one peer of the cluster: a worker, or the coordinator. Port: over a link, or a queue
/// in tests. Thread safe; never blocks. What is sent when the peer is gone is lost: its end is told
/// apart.
class control_channel {
 public:
  virtual ~control_channel() = default;
  virtual void send(coordination::control_body message) = 0;
};

/// Plans a job from its definition. The same in every process of a cluster; blocks, any thread.
/// Errors: those of the SQL front end; 3011 when the plan is not the one that the definition names.
using job_compiler =
    std::function<result<plan::physical_plan>(const coordination::job_definition&)>;

}  // namespace millrace::actors
