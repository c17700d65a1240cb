#pragma once

#include "core/base/memory_budget.hpp"
#include "core/base/result.hpp"
#include "state/backend/rocksdb_memory.hpp"
#include "state/backend/spill_directory.hpp"

#include <memory>
#include <string>

namespace millrace::state {

class rocksdb_store;

/// Where the tasks of one job spill to: databases in a folder of this process, sharing one cache.
///
/// Owner: the job's set-up; outlives the tasks. Thread safe.
class cold_tier {
 public:
  /// `folder` gets a folder for this process; the cache takes an eighth of the budget, 4 to 256 MB.
  /// Errors: state_io.
  [[nodiscard]] static result<std::unique_ptr<cold_tier>> make(const std::string& folder,
                                                               memory_budget& budget);
  ~cold_tier();
  cold_tier(const cold_tier&) = delete;
  cold_tier& operator=(const cold_tier&) = delete;

  /// The database of one task, which makes its files with the first spill.
  [[nodiscard]] std::shared_ptr<rocksdb_store> make_store();

 private:
  cold_tier(std::unique_ptr<spill_directory> folder, memory_budget& budget,
            std::size_t cache_bytes);

  std::unique_ptr<spill_directory> folder_;
  std::shared_ptr<rocksdb_memory> memory_;
  memory_budget& budget_;
  std::size_t cache_bytes_;
};

}  // namespace millrace::state
