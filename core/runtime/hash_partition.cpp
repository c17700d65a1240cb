#include "core/runtime/hash_partition.hpp"

#include "core/expr/key_hash.hpp"

#include <bit>

namespace millrace::runtime {

hash_partition::hash_partition(std::uint32_t channels, std::uint32_t max_parallelism)
    : max_parallelism_(max_parallelism), rows_(channels) {
  for (std::uint32_t group = 0; group < max_parallelism; ++group) {
    channel_of_group_.push_back(
        static_cast<std::uint16_t>(expr::subtask_of(group, channels, max_parallelism)));
  }
}

// One store per row behind a table look-up: no branch that the processor could guess wrong.
template <class GroupOf>
void hash_partition::split_by(const data::record_batch& batch, GroupOf group_of) {
  const std::uint32_t count = batch.row_count();
  const std::uint64_t* hashes = batch.hashes();
  std::vector<std::uint32_t*> ends;
  for (auto& list : rows_) {
    list.resize(count);
    ends.push_back(list.data());
  }
  const auto place = [&](std::uint32_t row) {
    *ends[channel_of_group_[group_of(hashes[row])]]++ = row;
  };
  if (batch.selected()) {
    for (const std::uint32_t row : batch.selection()) place(row);
  } else {
    for (std::uint32_t row = 0; row < count; ++row) place(row);
  }
  for (std::size_t c = 0; c < rows_.size(); ++c) {
    rows_[c].resize(static_cast<std::size_t>(ends[c] - rows_[c].data()));
  }
}

void hash_partition::split(const data::record_batch& batch) {
  if (std::has_single_bit(max_parallelism_)) {
    const std::uint64_t mask = max_parallelism_ - 1;
    split_by(batch, [mask](std::uint64_t hash) { return hash & mask; });
  } else {
    const std::uint64_t groups = max_parallelism_;
    split_by(batch, [groups](std::uint64_t hash) { return hash % groups; });
  }
}

}  // namespace millrace::runtime
