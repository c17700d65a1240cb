#include "cli/cluster/rest_jobs.hpp"

#include "cli/cluster/cluster_json.hpp"
#include "cli/cluster/job_replacement.hpp"
#include "cli/cluster/request_bodies.hpp"
#include "cli/cluster/rest_answers.hpp"
#include "cli/cluster/script_jobs.hpp"
#include "core/plan/explain/explain.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace millrace::cli {

namespace {

using net::api_answer;
using net::api_request;
using nlohmann::json;

constexpr auto get = net::api_route::method::get;
constexpr auto post = net::api_route::method::post;

api_answer submit(actors::coordinator& cluster, const api_request& request) {
  const auto body = read_submission(request.body);
  if (!body) return refuse(body.error(), http_bad_request);
  auto jobs = jobs_of(body->script, body->settings, body->name);
  if (!jobs) return refuse(jobs.error(), http_bad_request, body->script);
  for (auto& job : *jobs) job.savepoint = body->savepoint;
  auto fresh = body->replace ? replace_jobs(cluster, *jobs) : *jobs;
  if (!fresh) return refuse(fresh.error(), http_conflict);
  for (auto& job : *fresh) {
    auto taken = cluster.submit(std::move(job));
    if (!taken) return refuse(taken.error(), http_conflict);
  }
  json answer = json::array();
  for (const auto& job : *jobs) {
    answer.push_back({{"id", job.definition.id}, {"name", job.name}});
  }
  return answer_of({{"jobs", std::move(answer)}}, http_created);
}

api_answer list(actors::coordinator& cluster, const api_request&) {
  json all = json::array();
  for (const auto& job : cluster.board().jobs()) all.push_back(job_json(job, detail::summary));
  return answer_of({{"jobs", std::move(all)}});
}

api_answer show(actors::coordinator& cluster, const std::string& id, const api_request&) {
  const auto job = cluster.board().find(id);
  return job ? answer_of(job_json(*job, detail::full)) : no_such("job", id);
}

api_answer checkpoints(actors::coordinator& cluster, const std::string& id, const api_request&) {
  const auto job = cluster.board().find(id);
  return job ? answer_of(checkpoints_json(*job)) : no_such("job", id);
}

api_answer cancel(actors::coordinator& cluster, const std::string& id, const api_request&) {
  if (!cluster.board().find(id)) return no_such("job", id);
  cluster.cancel(id);
  return answer_of({{"id", id}}, http_accepted);
}

api_answer savepoint(actors::coordinator& cluster, const std::string& id, const api_request&) {
  if (!cluster.board().find(id)) return no_such("job", id);
  const auto path = cluster.savepoint(id);
  if (!path) return refuse(path.error(), http_conflict);
  return answer_of({{"id", id}, {"savepoint", *path}});
}

api_answer stop(actors::coordinator& cluster, const std::string& id, const api_request&) {
  if (!cluster.board().find(id)) return no_such("job", id);
  if (auto halted = cluster.halt(id); !halted) return refuse(halted.error(), http_conflict);
  const auto path = cluster.remains(id);
  if (!path) return refuse(path.error(), http_conflict);
  return answer_of({{"id", id}, {"savepoint", *path}});
}

api_answer rescale(actors::coordinator& cluster, const std::string& id,
                   const api_request& request) {
  if (!cluster.board().find(id)) return no_such("job", id);
  const auto to = read_parallelism(request.body);
  if (!to) return refuse(to.error(), http_bad_request);
  if (auto done = cluster.rescale(id, *to); !done) return refuse(done.error(), http_conflict);
  return answer_of({{"id", id}, {"parallelism", *to}}, http_accepted);
}

api_answer restart(actors::coordinator& cluster, const std::string& id, const api_request&) {
  if (!cluster.board().find(id)) return no_such("job", id);
  if (auto done = cluster.restart(id); !done) return refuse(done.error(), http_conflict);
  return answer_of({{"id", id}}, http_accepted);
}

// The same that every worker makes of the job.
api_answer plan(actors::coordinator& cluster, const std::string& id, const api_request&) {
  const auto job = cluster.board().find(id);
  if (!job) return no_such("job", id);
  const auto plan = compile_job(job->entry.definition);
  if (!plan) return refuse(plan.error(), http_conflict, job->entry.definition.script);
  return answer_of({{"id", id},
                    {"tree", plan::explain_tree(*plan)},
                    {"dot", plan::explain_dot(*plan)},
                    {"plan", json::parse(plan::explain_json(*plan))}});
}

api_answer logs(actors::coordinator& cluster, const std::string& id, const api_request&) {
  if (!cluster.board().find(id)) return no_such("job", id);
  return answer_of(lines_json(cluster.board().lines("job " + id)));
}

using statuses = std::vector<std::pair<int, std::string>>;
using job_handler = api_answer (*)(actors::coordinator&, const std::string& id, const api_request&);

/// Makes routes of the handlers above.
struct route_maker {
  actors::coordinator& cluster;

  described_route about_all(net::api_route::method verb, const char* operation, const char* summary,
                            statuses answers,
                            api_answer (*handler)(actors::coordinator&, const api_request&)) const {
    return {verb,
            "/api/v1/jobs",
            operation,
            summary,
            "",
            std::move(answers),
            [c = &cluster, handler](const api_request& r) { return handler(*c, r); }};
  }
  described_route about_one(net::api_route::method verb, const std::string& what,
                            const char* operation, const char* summary, statuses answers,
                            job_handler handler) const {
    answers.emplace_back(http_not_found, "error");
    return {
        verb,
        "/api/v1/jobs/{job}" + what,
        operation,
        summary,
        "",
        std::move(answers),
        [c = &cluster, handler](const api_request& r) { return handler(*c, r.parameters[0], r); }};
  }
};

described_route with_body(described_route route, const char* schema) {
  route.request = schema;
  route.answers.emplace_back(http_bad_request, "error");
  return route;
}

}  // namespace

std::vector<described_route> routes_of_jobs(actors::coordinator& cluster) {
  const route_maker make{cluster};
  const std::pair<int, std::string> refused{http_conflict, "error"};
  return {
      with_body(make.about_all(post, "submit", "Start the jobs of a script",
                               {{http_created, "submitted"}, refused}, &submit),
                "submission"),
      make.about_all(get, "list", "All jobs, newest last", {{http_ok, "jobs"}}, &list),
      make.about_one(get, "", "show", "A job with its vertices and failures", {{http_ok, "job"}},
                     &show),
      make.about_one(get, "/checkpoints", "checkpoints", "The newest checkpoints of a job",
                     {{http_ok, "checkpoints"}}, &checkpoints),
      make.about_one(post, "/cancel", "cancel", "End a job", {{http_accepted, "job_named"}},
                     &cancel),
      make.about_one(post, "/savepoint", "savepoint", "Write a savepoint; the job goes on",
                     {{http_ok, "savepoint"}, refused}, &savepoint),
      make.about_one(post, "/stop", "stop", "Write a savepoint and end the job",
                     {{http_ok, "savepoint"}, refused}, &stop),
      make.about_one(get, "/logs", "jobLogs", "What the coordinator has logged of a job",
                     {{http_ok, "lines"}}, &logs),
      make.about_one(get, "/plan", "plan", "How a job is carried out", {{http_ok, "plan"}, refused},
                     &plan),
      make.about_one(post, "/restart", "restart", "Go on in another attempt, at once",
                     {{http_accepted, "job_named"}, refused}, &restart),
      with_body(make.about_one(post, "/rescale", "rescale", "Go on at another parallelism",
                               {{http_accepted, "rescaled"}, refused}, &rescale),
                "new_parallelism"),
  };
}

}  // namespace millrace::cli
