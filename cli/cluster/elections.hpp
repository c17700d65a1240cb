#pragma once

#include "core/coordination/leader_election.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::cli {

/// What `--ha` and `--ha-term` say.
struct election_request {
  /// A directory, `etcd://HOST:PORT,HOST:PORT/KEY` or `kubernetes://NAMESPACE/LEASE`; empty: there
  /// is one coordinator.
  std::string where;
  /// How long a leader counts as one after its last word; a directory's lock needs none.
  std::int64_t term_seconds = 5;
};

/// To stand in. In Kubernetes the API is the cluster's own, unless MILLRACE_KUBERNETES_API names
/// another, and so the service account's folder and MILLRACE_SERVICE_ACCOUNT. Errors: 1002; those
/// of the election.
[[nodiscard]] result<std::unique_ptr<coordination::leader_election>> open_election(
    const election_request& request);

/// To look who leads, as a worker does.
[[nodiscard]] result<std::unique_ptr<coordination::leader_election>> watch_election(
    const election_request& request);

}  // namespace millrace::cli
