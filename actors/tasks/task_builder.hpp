#pragma once

#include "actors/jobs/job_setup.hpp"
#include "actors/jobs/wiring.hpp"
#include "core/runtime/task.hpp"

#include <functional>
#include <memory>

namespace millrace::actors {

/// Makes the machine of one task: source or gate, operators with their tables and contexts, routers
/// and sinks. `wake` is called (from the session's thread) when the session has room for rows
/// again. Errors: those of the operators' and connectors' factories.
[[nodiscard]] result<std::shared_ptr<runtime::task>> build_task(const job_setup& setup,
                                                                vertex_id vertex,
                                                                std::uint32_t subtask,
                                                                task_channels channels,
                                                                std::function<void()> wake);

}  // namespace millrace::actors
