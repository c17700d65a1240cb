#pragma once

#include "core/coordination/leader_election.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::net {

/// Where an election in etcd is held.
struct etcd_place {
  std::vector<std::string> addresses;  ///< of the cluster's members: `http://127.0.0.1:2379`
  std::string key = "millrace/leader";
  std::int64_t term_ms = 5'000;  ///< whole seconds, from 2 on: etcd grants no shorter leases
};

/// An election by a key of etcd (version 3, its JSON gateway): whoever has put it leads, for as
/// long as it keeps the lease that the key hangs on. The epoch is the revision that made the key.
/// Errors of rounds: 5005.
[[nodiscard]] std::unique_ptr<coordination::leader_election> make_etcd_election(etcd_place place);

}  // namespace millrace::net
