#pragma once

#include "core/base/clock.hpp"
#include "core/coordination/leader_election.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace millrace::net {

/// What an election needs of a Lease of Kubernetes (coordination.k8s.io/v1).
struct lease_record {
  std::string holder;             ///< empty: nobody
  std::uint64_t transitions = 0;  ///< elections so far: the epoch of the holder
  std::int64_t seconds = 0;       ///< for which it holds from its last renewal
  std::string version;            ///< of the object: changes with it
  coordination::leader_address leader;
};

/// Nothing for what is no Lease.
[[nodiscard]] std::optional<lease_record> read_lease(const nlohmann::json& object);

/// Puts holder, transitions, seconds and address into the object, renewed at `now` (wall clock);
/// `acquired`: taken at that moment, too. All else stays as it is.
void write_lease(nlohmann::json& object, const lease_record& record, timestamp_ms now,
                 bool acquired);

/// Tells when a Lease has run out, by this process' own clock alone: when it has not changed for
/// its seconds since it was first seen so. The holder's times are of another clock. Sans-I/O.
class lease_watch {
 public:
  /// `now`: steady milliseconds.
  [[nodiscard]] bool has_expired(const lease_record& lease, timestamp_ms now);

 private:
  std::string version_;
  timestamp_ms since_ = 0;
};

}  // namespace millrace::net
