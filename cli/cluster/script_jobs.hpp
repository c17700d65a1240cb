#pragma once

#include "actors/cluster/coordinator.hpp"
#include "core/base/config.hpp"
#include "core/base/result.hpp"
#include "core/plan/physical/physical_plan.hpp"

#include <string>
#include <vector>

namespace millrace::cli {

/// The jobs that a script starts on a cluster, one per INSERT or statement set, in its order. Its
/// other statements are executed, by every process that plans a job of it, and show nothing. Each
/// gets an id of its own. `name`: of the jobs; empty: `pipeline.name`, or what they write.
/// Errors: those of the SQL front end; 2004 for a SELECT; 1005 for a script without jobs.
[[nodiscard]] result<std::vector<actors::job_submission>> jobs_of(const std::string& text,
                                                                  const option_map& settings,
                                                                  const std::string& name);

/// The job at another parallelism. Errors: those of the SQL front end; 1005 when the script itself
/// sets the parallelism, so that nothing changes.
[[nodiscard]] result<coordination::job_definition> rescaled(coordination::job_definition job,
                                                            std::uint32_t parallelism);

/// The plan of one job, made anew from its script; see `actors::job_compiler`.
[[nodiscard]] result<plan::physical_plan> compile_job(
    const coordination::job_definition& definition);

}  // namespace millrace::cli
