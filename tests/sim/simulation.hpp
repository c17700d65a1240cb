#pragma once

#include "core/base/result.hpp"
#include "tests/sim/changelog.hpp"
#include "tests/sim/jobs.hpp"
#include "tests/sim/trace.hpp"

#include <cstdint>

namespace millrace::sim {

/// What a run came to.
struct sim_report {
  row_counts rows;
  std::uint64_t hash = 0;  ///< of every step, in order
  std::uint64_t steps = 0;
  std::size_t crashes = 0;
  std::size_t checkpoints = 0;  ///< complete ones
};

/// Runs a job under a seed on this thread: input, options, order of messages, time, failed writes
/// and crashes all come from the seed. Errors: what the job fails with; 9001 when it stands still.
[[nodiscard]] result<sim_report> run_disturbed(const sim_job& job, std::uint64_t seed,
                                               std::FILE* echo = nullptr);
/// The same input in one task, in order, without checkpoints.
[[nodiscard]] result<sim_report> run_undisturbed(const sim_job& job, std::uint64_t seed);
/// Runs a seed and compares with the undisturbed run and, where there is one, the reference in
/// plain C++. Errors: a difference, too.
[[nodiscard]] result<sim_report> check_seed(const sim_job& job, std::uint64_t seed,
                                            std::FILE* echo = nullptr);

}  // namespace millrace::sim
