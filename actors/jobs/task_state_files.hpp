#pragma once

#include "core/coordination/snapshot_store.hpp"
#include "core/runtime/task.hpp"

#include <cstdint>
#include <vector>

namespace millrace::actors {

/// Writes what a task has frozen for a checkpoint that `to` has begun. `states`: of its operators,
/// in the chain's order, with the files that a delta comes behind; a new file is put behind them,
/// or in their place when it holds the whole state. Blocks; any thread. Errors: as
/// `snapshot_writer`.
[[nodiscard]] result<void> write_task_state(coordination::snapshot_writer& to, std::uint32_t task,
                                            runtime::task_snapshot& snapshot,
                                            std::vector<coordination::operator_state>& states);

}  // namespace millrace::actors
