#include "cli/cluster/standby_api.hpp"

#include "cli/cluster/cluster_json.hpp"
#include "cli/cluster/cluster_metrics.hpp"
#include "net/http/metrics_routes.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace millrace::cli {

namespace {

using net::api_answer;
using net::api_request;

constexpr int go_there = 307;
constexpr int unavailable = 503;

std::string standing_of(const coordination::leader_address& leader) {
  if (leader.rest.empty()) return "stands by; nobody leads yet";
  return "stands by; the leader is at " + leader.rest;
}

api_answer send_on(const coordination::leader_address& leader, const api_request& request) {
  const error why = make_error(errc::config_bad_usage, "this coordinator " + standing_of(leader),
                               "ask the leader");
  api_answer answer{unavailable, nlohmann::json{{"error", error_json(why)}}.dump() + "\n"};
  if (leader.rest.empty()) return answer;
  answer.status = go_there;
  answer.location = leader.rest + request.target;
  return answer;
}

}  // namespace

std::vector<net::api_route> standby_routes(std::function<coordination::leader_address()> leader) {
  using method = net::api_route::method;
  auto routes = net::metrics_routes({[] { return cluster_metrics(actors::cluster_board()); },
                                     [leader] { return standing_of(leader()); }});
  const auto forward = [leader](const api_request& r) { return send_on(leader(), r); };
  routes.push_back({method::get, "/api/.*", forward});
  routes.push_back({method::post, "/api/.*", forward});
  return routes;
}

}  // namespace millrace::cli
