#pragma once

#include "core/coordination/leader_election.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::net {

/// Where an election by a Lease of Kubernetes is held.
struct kubernetes_place {
  std::string api;               ///< `https://10.96.0.1:443`
  std::string authority;         ///< file with the certificates that sign the API's
  std::string token;             ///< file with the service account's token, read for every request
  std::string space;             ///< namespace of the Lease
  std::string lease;             ///< its name; it is made when it is missing
  std::string candidate;         ///< unique, also among lives of one process
  std::int64_t term_ms = 5'000;  ///< whole seconds
};

/// An election by a Lease: whoever holds it leads, and renews it; one that has not been renewed for
/// its term is taken over. Changes are made under the version of the object that was read, so that
/// of two who want it one fails. The epoch is the number of transitions. The account needs get,
/// create and update of leases. Errors of rounds: 5005.
[[nodiscard]] std::unique_ptr<coordination::leader_election> make_kubernetes_election(
    kubernetes_place place);

}  // namespace millrace::net
