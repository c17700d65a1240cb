#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"
#include "core/plan/lower/plan_builder.hpp"

namespace millrace::plan {

/// True for `execution.runtime-mode` = BATCH. Errors: 1002 for anything but BATCH and STREAMING
/// (Flink's tables take no AUTOMATIC either).
[[nodiscard]] result<bool> read_batch_mode(const option_reader& options);

/// Turns a node that corrects its results as rows come into one that gives them once, as inserts,
/// when its inputs have ended; leaves those alone that only insert anyway. Its inputs must insert
/// only, which they do where every node was turned.
void wait_for_end(plan_builder::draft& node);

}  // namespace millrace::plan
