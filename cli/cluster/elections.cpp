#include "cli/cluster/elections.hpp"

#include "net/election/etcd_election.hpp"
#include "net/election/kubernetes_election.hpp"
#include "state/election/file_election.hpp"

#include <unistd.h>

#include <cstdlib>
#include <random>
#include <sstream>
#include <string_view>
#include <utility>

namespace millrace::cli {

using election = std::unique_ptr<coordination::leader_election>;

namespace {

constexpr std::string_view etcd_scheme = "etcd://";
constexpr std::string_view etcd_tls_scheme = "etcds://";
constexpr std::string_view kubernetes_scheme = "kubernetes://";
constexpr std::int64_t milliseconds = 1000;

error no_place(const election_request& request, const std::string& form) {
  return make_error(errc::config_bad_value, "'" + request.where + "' is no place for an election",
                    "write " + form);
}

std::string from_environment(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

// Also unlike that of a process of the same name and number before.
std::string new_candidate() {
  char host[256] = "coordinator";
  gethostname(host, sizeof host - 1);
  std::random_device random;
  return std::string(host) + "-" + std::to_string(getpid()) + "-" + std::to_string(random());
}

result<election> in_etcd(const election_request& request, const std::string& scheme,
                         std::string_view rest) {
  net::etcd_place place;
  place.term_ms = request.term_seconds * milliseconds;
  const auto slash = rest.find('/');
  if (slash != rest.npos && slash + 1 < rest.size()) place.key = rest.substr(slash + 1);
  std::istringstream members{std::string(rest.substr(0, slash))};
  for (std::string one; std::getline(members, one, ',');) {
    if (one.empty()) return no_place(request, "etcd://HOST:PORT,HOST:PORT/KEY");
    place.addresses.push_back(scheme + one);
  }
  if (place.addresses.empty()) return no_place(request, "etcd://HOST:PORT,HOST:PORT/KEY");
  return net::make_etcd_election(std::move(place));
}

result<election> in_kubernetes(const election_request& request, std::string_view rest) {
  net::kubernetes_place place;
  const auto slash = rest.find('/');
  place.space = rest.substr(0, slash);
  place.lease = slash == rest.npos ? "" : rest.substr(slash + 1);
  if (place.space.empty() || place.lease.empty()) {
    return no_place(request, "kubernetes://NAMESPACE/LEASE");
  }
  const std::string host = from_environment("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc");
  const std::string port = from_environment("KUBERNETES_SERVICE_PORT", "443");
  const std::string account =
      from_environment("MILLRACE_SERVICE_ACCOUNT", "/var/run/secrets/kubernetes.io/serviceaccount");
  place.api = from_environment("MILLRACE_KUBERNETES_API", "https://" + host + ":" + port);
  if (place.api.starts_with("https://")) place.authority = account + "/ca.crt";
  place.token = account + "/token";
  place.candidate = new_candidate();
  place.term_ms = request.term_seconds * milliseconds;
  return net::make_kubernetes_election(std::move(place));
}

bool take_scheme(std::string_view& where, std::string_view scheme) {
  if (!where.starts_with(scheme)) return false;
  where.remove_prefix(scheme.size());
  return true;
}

}  // namespace

result<election> open_election(const election_request& request) {
  std::string_view rest = request.where;
  if (take_scheme(rest, etcd_scheme)) return in_etcd(request, "http://", rest);
  if (take_scheme(rest, etcd_tls_scheme)) return in_etcd(request, "https://", rest);
  if (take_scheme(rest, kubernetes_scheme)) return in_kubernetes(request, rest);
  if (rest.find("://") == rest.npos) return state::open_file_election(request.where);
  return no_place(request, "a directory, etcd://HOST:PORT/KEY or kubernetes://NAMESPACE/LEASE");
}

result<election> watch_election(const election_request& request) {
  if (request.where.find("://") != std::string::npos) return open_election(request);
  return state::watch_file_election(request.where);
}

}  // namespace millrace::cli
