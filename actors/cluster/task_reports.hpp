#pragma once

#include "core/coordination/control_messages.hpp"
#include "core/runtime/task_metrics.hpp"

#include <cstdint>

namespace millrace::actors {

/// What a worker tells of a task's counters, without attempt and number; a wait under way counts up
/// to `now_us` (steady). At most that wait may be missing in one report and there in the next.
[[nodiscard]] coordination::task_report make_report(const runtime::task_metrics& task,
                                                    std::int64_t now_us);

/// Makes the counters at the coordinator what the report says, and its rates what came since the
/// report before. Operators that are not among the task's are left out. One thread.
void take_report(const coordination::task_report& report, runtime::task_metrics& task);

}  // namespace millrace::actors
