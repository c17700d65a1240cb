#include "cli/cluster/script_jobs.hpp"

#include "cli/script.hpp"
#include "core/coordination/placement.hpp"
#include "core/plan/explain/explain.hpp"

#include <cstdio>
#include <functional>
#include <optional>
#include <random>
#include <string_view>
#include <utility>

namespace millrace::cli {

namespace {

std::string hex(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

std::string new_id() {
  std::random_device random;
  return hex((std::uint64_t{random()} << 32) | random());
}

// Between processes of one version only.
std::string digest_of(const plan::physical_plan& plan) {
  return hex(std::hash<std::string_view>{}(plan::explain_json(plan)));
}

error refused_at(text_position at, const char* what, const char* hint) {
  error refused = make_error(errc::sql_not_supported, what, hint);
  refused.at = at;
  return refused;
}

using job_taker =
    std::function<result<void>(const sql::job_outcome& job, const sql::session& session)>;

// Executes the script and hands its jobs on.
result<void> for_each_job(const std::string& text, const option_map& settings,
                          const job_taker& take) {
  script_request request;
  request.settings = settings;
  MILLRACE_TRY(auto session, open_session(request));
  return execute_script(text, session, [&](const sql::statement_outcome& outcome) -> result<void> {
    if (const auto* file = std::get_if<sql::plan_file_outcome>(&outcome)) {
      return refused_at(file->at, "a cluster takes scripts, and keeps no plans in files",
                        "a compiled plan is a script: submit its file");
    }
    const auto* job = std::get_if<sql::job_outcome>(&outcome);
    if (job == nullptr) return {};
    if (job->kind != sql::job_kind::select) return take(*job, session);
    return refused_at(job->at, "a cluster has nobody to show rows to",
                      "write INSERT INTO a table, or use millrace run for a SELECT");
  });
}

}  // namespace

result<std::vector<actors::job_submission>> jobs_of(const std::string& text,
                                                    const option_map& settings,
                                                    const std::string& name) {
  std::vector<actors::job_submission> jobs;
  MILLRACE_CHECK(for_each_job(
      text, settings,
      [&](const sql::job_outcome& job, const sql::session& session) -> result<void> {
        MILLRACE_TRY(const auto plan, plan_outcome(job, session));
        MILLRACE_TRY(const auto graph, coordination::build_job_graph(plan));
        actors::job_submission one;
        one.name = name.empty() ? job_name(plan) : name;
        one.slots = coordination::slots_needed(graph);
        one.definition = {new_id(), text, settings, static_cast<std::uint32_t>(jobs.size() + 1),
                          digest_of(plan)};
        jobs.push_back(std::move(one));
        return {};
      }));
  if (!jobs.empty()) return jobs;
  return make_error(errc::config_bad_usage, "the script starts no job",
                    "a job is an INSERT INTO or a statement set");
}

namespace {

result<plan::physical_plan> plan_job(const coordination::job_definition& definition) {
  std::optional<plan::physical_plan> found;
  std::uint32_t ordinal = 0;
  MILLRACE_CHECK(
      for_each_job(definition.script, definition.settings,
                   [&](const sql::job_outcome& job, const sql::session& session) -> result<void> {
                     if (++ordinal != definition.ordinal) return {};
                     MILLRACE_TRY(found, plan_outcome(job, session));
                     return {};
                   }));
  if (found) return std::move(*found);
  return make_error(errc::config_bad_usage, "the script of job " + definition.id +
                                                " has no INSERT number " +
                                                std::to_string(definition.ordinal));
}

}  // namespace

result<coordination::job_definition> rescaled(coordination::job_definition job,
                                              std::uint32_t parallelism) {
  job.settings["parallelism.default"] = std::to_string(parallelism);
  MILLRACE_TRY(const auto plan, plan_job(job));
  std::string digest = digest_of(plan);
  if (digest != job.plan_digest) {
    job.plan_digest = std::move(digest);
    return job;
  }
  return make_error(errc::config_bad_usage,
                    "job " + job.id + " is the same at parallelism " + std::to_string(parallelism),
                    "a SET 'parallelism.default' in the script comes before all else");
}

result<plan::physical_plan> compile_job(const coordination::job_definition& definition) {
  MILLRACE_TRY(auto plan, plan_job(definition));
  if (digest_of(plan) == definition.plan_digest) return plan;
  return make_error(errc::config_bad_usage,
                    "this process plans job " + definition.id + " in another way",
                    "run the same version of millrace in all processes, and give tables that "
                    "depend on nothing outside of the script");
}

}  // namespace millrace::cli
