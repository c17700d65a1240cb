#include "cli/cluster/rest_api.hpp"

#include "cli/cluster/cluster_json.hpp"
#include "cli/cluster/cluster_metrics.hpp"
#include "cli/cluster/dump_json.hpp"
#include "cli/cluster/rest_answers.hpp"
#include "cli/cluster/rest_jobs.hpp"
#include "cli/cluster/summary_json.hpp"
#include "core/base/clock.hpp"
#include "net/http/metrics_routes.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>

namespace millrace::cli {

namespace {

using net::api_answer;
using net::api_request;
using net::api_route;
using nlohmann::json;

constexpr auto get = api_route::method::get;
constexpr auto post = api_route::method::post;

api_answer workers(const actors::coordinator& cluster) {
  json all = json::array();
  for (const auto& w : cluster.board().workers()) all.push_back(worker_json(w));
  return answer_of({{"workers", std::move(all)}});
}

api_answer drain(actors::coordinator& cluster, const std::string& name) {
  if (!cluster.drain(name)) return no_such("worker", name);
  return answer_of({{"worker", name}}, http_accepted);
}

api_answer dump(const actors::coordinator& cluster) {
  return answer_of(dump_json(cluster.board(), cluster.actors()));
}

api_answer summary(const actors::cluster_board& board) {
  return answer_of(summary_json(board.jobs(), board.workers(), system_clock().now()));
}

std::string not_ready(const actors::coordinator& cluster) {
  return cluster.board().workers().empty() ? "no worker has joined" : "";
}

std::vector<described_route> routes_of_workers(actors::coordinator& c) {
  return {
      {get,
       "/api/v1/logs",
       "logs",
       "What the coordinator has logged, oldest first",
       "",
       {{http_ok, "lines"}},
       [&c](const api_request&) { return answer_of(lines_json(c.board().lines(""))); }},
      {get,
       "/api/v1/debug",
       "debug",
       "All that the coordinator knows at this moment, for a report",
       "",
       {{http_ok, "dump"}},
       [&c](const api_request&) { return dump(c); }},
      {get,
       "/api/v1/metrics",
       "metricsSummary",
       "The figures of all jobs that have not ended, and of the cluster's slots",
       "",
       {{http_ok, "metrics"}},
       [&c](const api_request&) { return summary(c.board()); }},
      {get,
       "/api/v1/workers",
       "workers",
       "All workers",
       "",
       {{http_ok, "workers"}},
       [&c](const api_request&) { return workers(c); }},
      {post,
       "/api/v1/workers/{worker}/drain",
       "drain",
       "Move jobs away from a worker",
       "",
       {{http_accepted, "worker_named"}, {http_not_found, "error"}},
       [&c](const api_request& r) { return drain(c, r.parameters[0]); }},
  };
}

// Handled by net/http.
std::vector<described_route> routes_of_probes() {
  return {
      {get, "/metrics", "metrics", "For Prometheus", "", {{http_ok, "text"}}, {}},
      {get, "/healthz", "healthz", "The process answers", "", {{http_ok, "text"}}, {}},
      {get,
       "/readyz",
       "readyz",
       "A worker has joined",
       "",
       {{http_ok, "text"}, {http_unavailable, "text"}},
       {}},
  };
}

}  // namespace

std::vector<described_route> described_routes(actors::coordinator& c) {
  auto all = routes_of_jobs(c);
  for (auto&& some : {routes_of_workers(c), routes_of_probes()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  all.push_back(
      {get, "/api/v1/openapi.json", "openapi", "This document", "", {{http_ok, "document"}}, {}});
  auto text = std::make_shared<const std::string>(openapi_document(all).dump(2) + "\n");
  all.back().answer = [text](const api_request&) {
    return api_answer{http_ok, *text, "application/json"};
  };
  return all;
}

std::vector<api_route> rest_routes(actors::coordinator& c) {
  auto routes = net::metrics_routes(
      {[&c] { return cluster_metrics(c.board()); }, [&c] { return not_ready(c); }});
  for (described_route& route : described_routes(c)) {
    if (!route.answer) continue;
    routes.push_back({route.verb, pattern_of(route.path), std::move(route.answer)});
  }
  return routes;
}

}  // namespace millrace::cli
