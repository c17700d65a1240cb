#pragma once

#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"
#include "core/tables/delta.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace millrace::tables {

/// The cold tier and the source of restores of one task's tables. Port: implemented in memory
/// (`memory_store`) and on RocksDB (`state/backend`); every implementation passes
/// `tests/support/state_store_contract.hpp`.
///
/// Holds the newest value per delta key. Writes come in one strict order (delta N, then spills,
/// then delta N+1) from one thread at a time; reads may come from any thread at the same time and
/// see whole writes only. What was written becomes durable by whoever links the store's files into
/// a checkpoint.
class state_store {
 public:
  virtual ~state_store() = default;

  /// Applies all of a delta or, on an error, nothing. Errors: state_io.
  [[nodiscard]] virtual result<void> write(delta_reader& delta) = 0;
  /// Everything stored for these key groups (ascending), without tombstones: one batched read.
  /// Errors: state_io, state_corrupt.
  [[nodiscard]] virtual result<std::unique_ptr<delta_reader>> read(
      std::span<const key_group> groups) const = 0;
  /// Everything stored under these beginnings of delta keys, at least up to the hash (ascending,
  /// each once), without tombstones: one batched read of single keys. Errors: as `read`.
  [[nodiscard]] virtual result<std::unique_ptr<delta_reader>> read_prefixes(
      std::span<const std::string> prefixes) const = 0;
  /// Groups that hold anything, ascending; `unkeyed_group` included.
  [[nodiscard]] virtual result<std::vector<key_group>> groups() const = 0;
  /// Forgets these groups (they moved to another task).
  [[nodiscard]] virtual result<void> drop(std::span<const key_group> groups) = 0;
  /// Roughly, for metrics and for the choice of a new base.
  [[nodiscard]] virtual std::uint64_t stored_bytes() const = 0;
};

}  // namespace millrace::tables
