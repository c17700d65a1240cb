#pragma once

#include "core/base/config.hpp"
#include "tests/sim/dice.hpp"
#include "tests/sim/jobs.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace millrace::sim {

/// What one seed does to its job.
struct sim_settings {
  option_map options;             ///< of the session
  std::size_t crashes = 0;        ///< at most so many
  std::size_t crash_every = 0;    ///< steps, on average
  std::size_t feed_every = 0;     ///< steps, on average
  std::size_t hurry_every = 0;    ///< steps until time goes on though there is work; 0: never
  std::size_t failing_every = 0;  ///< writes of state until one fails, on average; 0: none fails
  std::uint32_t parallelism = 1;  ///< each attempt takes 1 to so many subtasks
  bool ordered = false;           ///< who came first goes first, and all is fed at the start
};

/// One task after the other, nothing goes wrong: what a result is compared with.
[[nodiscard]] sim_settings undisturbed(const sim_job& job);
[[nodiscard]] sim_settings disturbed(const sim_job& job, dice throws);
/// The settings as text, for a report.
[[nodiscard]] std::string describe(const sim_settings& settings);

}  // namespace millrace::sim
