#pragma once

#include "core/data/record_batch.hpp"

#include <span>

namespace millrace::expr {

/// Hashes of the key made of `columns` for the live rows of a batch: an entry per stored row,
/// unselected rows unspecified.
///
/// The same key gives the same hash in every encoding, process and release (it decides key groups
/// in savepoints). NULL equals NULL, 0.0 equals -0.0, NaN equals NaN, maps and multisets ignore the
/// order of their entries. Integers, dates and times hash by their 64-bit value whatever their
/// width, FLOAT as DOUBLE, a string by its bytes (XXH3), a DECIMAL by its unscaled value: keys to
/// be compared must have one scale. A fixed-width value is mixed by the finaliser of XXH64.
/// About 1 ns per row and fixed-width column.
[[nodiscard]] data::buffer_ref hash_keys(const data::record_batch& batch,
                                         std::span<const std::uint32_t> columns);

/// Hash of the empty key: the one group of a global aggregate.
inline constexpr std::uint64_t empty_key_hash = 0x9e3779b97f4a7c15ULL;

[[nodiscard]] inline std::uint32_t key_group_of(std::uint64_t hash, std::uint32_t max_parallelism) {
  return static_cast<std::uint32_t>(hash % max_parallelism);
}
/// The subtask that owns a key group. Source: Flink's KeyGroupRangeAssignment.
[[nodiscard]] inline std::uint32_t subtask_of(std::uint32_t group, std::uint32_t parallelism,
                                              std::uint32_t max_parallelism) {
  return group * parallelism / max_parallelism;
}

}  // namespace millrace::expr
