#pragma once

#include "core/data/record_batch.hpp"

#include <span>

namespace millrace::expr {

/// Hashes of the key made of `columns` for the live rows of a batch: entry per stored row,
/// unselected rows unspecified. NULL equals NULL; a string hashes by its bytes, a DECIMAL by its
/// value at the column's scale. The same key gives the same hash in every encoding, process and
/// release (it decides key groups in savepoints). XXH3 for bytes; a fixed-width value is mixed by
/// the same finaliser, 64 bits at a time.
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
