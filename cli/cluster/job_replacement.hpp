#pragma once

#include "actors/cluster/coordinator.hpp"
#include "core/base/result.hpp"

#include <vector>

namespace millrace::cli {

/// Puts jobs in the place of those that have their names, each for the one of the same place in its
/// script:
///
/// - one that runs, waits or has finished, and has the same script and options, stays: its id
///   stands in for the new one's;
/// - any other that has not ended is halted;
/// - one that was halted, cancelled or has failed is gone on from, where it has left anything; one
///   that has finished is not.
///
/// What breaks off in the middle is taken up by the same call again. Changes `jobs`: their ids, and
/// the savepoints that they go on from. Blocks. Gives those that are to be submitted.
/// Errors: those of `coordinator::halt` and `remains`.
[[nodiscard]] result<std::vector<actors::job_submission>> replace_jobs(
    actors::coordinator& cluster, std::vector<actors::job_submission>& jobs);

}  // namespace millrace::cli
