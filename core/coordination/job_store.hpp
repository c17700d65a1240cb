#pragma once

#include "core/base/result.hpp"
#include "core/coordination/job_entry.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::coordination {

/// What a store held.
struct kept_jobs {
  std::vector<job_entry> jobs;
  std::vector<error> damaged;  ///< of entries that cannot be read, for the log; they stay
};

/// Keeps the entries of a cluster's jobs over the coordinators that come and go. Port; `state/jobs`
/// implements it on a directory. One writer, the leader: it is refused for good (state_locked) from
/// the moment that one of a larger epoch has opened the store. One thread at a time. Calls may
/// block; what was written is durable when they return. Errors: state_locked, state_io,
/// state_sync_failed.
class job_store {
 public:
  virtual ~job_store() = default;
  /// Of the leader that opened it: above all that were here before.
  [[nodiscard]] virtual std::uint64_t epoch() const = 0;
  [[nodiscard]] virtual result<kept_jobs> load() = 0;
  /// In the place of what had its id.
  [[nodiscard]] virtual result<void> put(const job_entry& entry) = 0;
  /// Not there: fine.
  [[nodiscard]] virtual result<void> erase(const std::string& id) = 0;
};

}  // namespace millrace::coordination
