#pragma once

#include "core/data/record_batch.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::runtime {

/// Sorts the live rows of batches by the channel that owns their key group.
///
/// Made once per exchange and reused: its lists keep their memory. Used by one task.
class hash_partition {
 public:
  /// Channel c reads what subtask c of `channels` owns of `max_parallelism` key groups.
  hash_partition(std::uint32_t channels, std::uint32_t max_parallelism);

  /// `batch` must have hashes. The lists are valid until the next call.
  void split(const data::record_batch& batch);
  /// Stored rows of channel c, ascending.
  [[nodiscard]] std::span<const std::uint32_t> rows_of(std::uint32_t channel) const {
    return rows_[channel];
  }

 private:
  template <class GroupOf>
  void split_by(const data::record_batch& batch, GroupOf group_of);

  std::uint32_t max_parallelism_;
  std::vector<std::uint16_t> channel_of_group_;
  std::vector<std::vector<std::uint32_t>> rows_;
};

}  // namespace millrace::runtime
