#include "cli/cluster/rest_api.hpp"

#include "cli/cluster/cluster_json.hpp"
#include "cli/cluster/cluster_metrics.hpp"
#include "cli/cluster/job_replacement.hpp"
#include "cli/cluster/script_jobs.hpp"
#include "net/http/metrics_routes.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace millrace::cli {

namespace {

using net::api_answer;
using net::api_request;
using net::api_route;
using nlohmann::json;

constexpr int created = 201;
constexpr int accepted = 202;
constexpr int bad_request = 400;
constexpr int not_found = 404;
constexpr int conflict = 409;

api_answer answer_of(const json& body, int status = 200) {
  return {status, body.dump() + "\n", "application/json"};
}

api_answer refuse(const error& e, int status, const std::string& script = {}) {
  json what = error_json(e);
  what["text"] = to_text(e, script);
  return answer_of({{"error", std::move(what)}}, status);
}

api_answer no_such(const std::string& what, const std::string& id) {
  return refuse(make_error(errc::config_bad_usage, "there is no " + what + " '" + id + "'",
                           "list shows those that there are"),
                not_found);
}

// Strings only: as SET takes them.
bool read_options(const json& from, option_map& to) {
  if (!from.is_object()) return false;
  for (const auto& [key, value] : from.items()) {
    if (!value.is_string()) return false;
    to[key] = value.get<std::string>();
  }
  return true;
}

api_answer submit(actors::coordinator& cluster, const api_request& request) {
  const json body = json::parse(request.body, nullptr, false);
  const bool usable = body.is_object() && body.contains("script") && body["script"].is_string();
  option_map settings;
  if (!usable || !read_options(body.value("settings", json::object()), settings)) {
    return refuse(make_error(errc::config_bad_usage, "the body is not what a submission is",
                             R"(send {"script": "...", "settings": {"key": "value"}, "name": ""})"),
                  bad_request);
  }
  const auto script = body["script"].get<std::string>();
  const json name = body.value("name", json(""));
  auto jobs = jobs_of(script, settings, name.is_string() ? name.get<std::string>() : "");
  if (!jobs) return refuse(jobs.error(), bad_request, script);
  const json from = body.value("savepoint", json(""));
  for (auto& job : *jobs) {
    if (from.is_string()) job.savepoint = from.get<std::string>();
  }
  const bool replaces = body.value("replace", json(false)) == json(true);
  auto fresh = replaces ? replace_jobs(cluster, *jobs) : *jobs;
  if (!fresh) return refuse(fresh.error(), conflict);
  for (auto& job : *fresh) {
    if (auto taken = cluster.submit(std::move(job)); !taken) return refuse(taken.error(), conflict);
  }
  json answer = json::array();
  for (const auto& job : *jobs) {
    answer.push_back({{"id", job.definition.id}, {"name", job.name}});
  }
  return answer_of({{"jobs", std::move(answer)}}, created);
}

api_answer list(const actors::coordinator& cluster) {
  json all = json::array();
  for (const auto& job : cluster.board().jobs()) all.push_back(job_json(job, detail::summary));
  return answer_of({{"jobs", std::move(all)}});
}

api_answer show(const actors::coordinator& cluster, const std::string& id) {
  const auto job = cluster.board().find(id);
  return job ? answer_of(job_json(*job, detail::full)) : no_such("job", id);
}

api_answer cancel(actors::coordinator& cluster, const std::string& id) {
  if (!cluster.board().find(id)) return no_such("job", id);
  cluster.cancel(id);
  return answer_of({{"id", id}}, accepted);
}

api_answer savepoint(actors::coordinator& cluster, const std::string& id) {
  if (!cluster.board().find(id)) return no_such("job", id);
  const auto path = cluster.savepoint(id);
  if (!path) return refuse(path.error(), conflict);
  return answer_of({{"id", id}, {"savepoint", *path}});
}

api_answer stop(actors::coordinator& cluster, const std::string& id) {
  if (!cluster.board().find(id)) return no_such("job", id);
  if (auto halted = cluster.halt(id); !halted) return refuse(halted.error(), conflict);
  const auto path = cluster.remains(id);
  if (!path) return refuse(path.error(), conflict);
  return answer_of({{"id", id}, {"savepoint", *path}});
}

api_answer rescale(actors::coordinator& cluster, const std::string& id,
                   const api_request& request) {
  if (!cluster.board().find(id)) return no_such("job", id);
  const json body = json::parse(request.body, nullptr, false);
  const json to = body.is_object() ? body.value("parallelism", json()) : json();
  if (!to.is_number_integer() || to.get<std::int64_t>() < 1 || to.get<std::int64_t>() > 32767) {
    return refuse(make_error(errc::config_bad_usage, "parallelism is no number from 1 to 32767",
                             R"(send {"parallelism": 4})"),
                  bad_request);
  }
  if (auto done = cluster.rescale(id, to.get<std::uint32_t>()); !done) {
    return refuse(done.error(), conflict);
  }
  return answer_of({{"id", id}, {"parallelism", to}}, accepted);
}

api_answer workers(const actors::coordinator& cluster) {
  json all = json::array();
  for (const auto& w : cluster.board().workers()) all.push_back(worker_json(w));
  return answer_of({{"workers", std::move(all)}});
}

api_answer drain(actors::coordinator& cluster, const std::string& name) {
  if (!cluster.drain(name)) return no_such("worker", name);
  return answer_of({{"worker", name}}, accepted);
}

std::string not_ready(const actors::coordinator& cluster) {
  return cluster.board().workers().empty() ? "no worker has joined" : "";
}

}  // namespace

std::vector<api_route> rest_routes(actors::coordinator& c) {
  constexpr auto get = api_route::method::get;
  constexpr auto post = api_route::method::post;
  const std::string job = "/api/v1/jobs/([0-9a-f]{16})";
  auto routes = net::metrics_routes(
      {[&c] { return cluster_metrics(c.board()); }, [&c] { return not_ready(c); }});
  const std::vector<api_route> api = {
      {post, "/api/v1/jobs", [&c](const api_request& r) { return submit(c, r); }},
      {get, "/api/v1/jobs", [&c](const api_request&) { return list(c); }},
      {get, job, [&c](const api_request& r) { return show(c, r.parameters[0]); }},
      {post, job + "/cancel", [&c](const api_request& r) { return cancel(c, r.parameters[0]); }},
      {post, job + "/savepoint",
       [&c](const api_request& r) { return savepoint(c, r.parameters[0]); }},
      {post, job + "/stop", [&c](const api_request& r) { return stop(c, r.parameters[0]); }},
      {post, job + "/rescale",
       [&c](const api_request& r) { return rescale(c, r.parameters[0], r); }},
      {get, "/api/v1/workers", [&c](const api_request&) { return workers(c); }},
      {post, "/api/v1/workers/([A-Za-z0-9._-]{1,128})/drain",
       [&c](const api_request& r) { return drain(c, r.parameters[0]); }},
  };
  routes.insert(routes.end(), api.begin(), api.end());
  return routes;
}

}  // namespace millrace::cli
