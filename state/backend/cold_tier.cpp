#include "state/backend/cold_tier.hpp"

#include "state/backend/rocksdb_store.hpp"

#include <algorithm>
#include <utility>

namespace millrace::state {
namespace {

constexpr std::int64_t smallest_cache = 4 << 20;
constexpr std::int64_t largest_cache = 256 << 20;

}  // namespace

cold_tier::cold_tier(std::unique_ptr<spill_directory> folder, memory_budget& budget,
                     std::size_t cache_bytes)
    : folder_(std::move(folder)),
      memory_(std::make_shared<rocksdb_memory>(cache_bytes)),
      budget_(budget),
      cache_bytes_(cache_bytes) {
  budget_.charge(static_cast<std::int64_t>(cache_bytes_));
}

cold_tier::~cold_tier() { budget_.release(static_cast<std::int64_t>(cache_bytes_)); }

result<std::unique_ptr<cold_tier>> cold_tier::make(const std::string& folder,
                                                   memory_budget& budget) {
  MILLRACE_TRY(auto own, spill_directory::make(folder));
  const auto cache = std::clamp(budget.limit() / 8, smallest_cache, largest_cache);
  return std::unique_ptr<cold_tier>(
      new cold_tier(std::move(own), budget, static_cast<std::size_t>(cache)));
}

std::shared_ptr<rocksdb_store> cold_tier::make_store() {
  return rocksdb_store::make(folder_->next(), memory_);
}

}  // namespace millrace::state
