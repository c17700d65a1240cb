#include "cli/cluster/coordinator_finder.hpp"

#include "cli/cluster/addresses.hpp"
#include "cli/cluster/elections.hpp"

#include <algorithm>
#include <memory>
#include <sstream>
#include <utility>

namespace millrace::cli {

namespace {

result<std::vector<address>> named_coordinators(const worker_request& request) {
  std::vector<address> named;
  std::istringstream list(request.coordinator);
  for (std::string one; std::getline(list, one, ',');) {
    MILLRACE_TRY(auto read, read_address(one));
    named.push_back(std::move(read));
  }
  return named;
}

result<coordinator_finder> find_by_name(const worker_request& request, const secrets& guards) {
  MILLRACE_TRY(const auto named, named_coordinators(request));
  std::vector<std::string> endpoints;
  for (const address& one : named) {
    MILLRACE_CHECK(check_links(one.host, guards));
    endpoints.push_back("tcp://" + one.text());
  }
  return coordinator_finder([endpoints] { return endpoints; });
}

}  // namespace

result<coordinator_finder> find_coordinators(const worker_request& request, const secrets& guards) {
  if (request.election.where.empty()) return find_by_name(request, guards);
  MILLRACE_TRY(std::shared_ptr<coordination::leader_election> election,
               watch_election(request.election));
  return coordinator_finder([election, guards] {
    std::vector<std::string> endpoints;
    const auto round = election->look();
    if (!round) return endpoints;
    const auto leader = read_address(round->leader.control);
    if (leader && check_links(leader->host, guards)) endpoints.push_back("tcp://" + leader->text());
    return endpoints;
  });
}

bool is_local(const worker_request& request) {
  if (!is_loopback(request.listen)) return false;
  const auto named = named_coordinators(request);
  return !request.election.where.empty() ||
         (named && std::ranges::all_of(*named, is_loopback, &address::host));
}

}  // namespace millrace::cli
