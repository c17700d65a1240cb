#pragma once

#include "core/base/memory_budget.hpp"
#include "core/operators/join/packed_batch.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace millrace::operators {

/// Rows of a join input that no row of the other side has asked for yet: packed batches, in neither
/// table nor index. Most rows of a side that only a rare partner meets (the best bid of a window)
/// never need more.
///
/// A row leaves when its key is asked for, and is kept in the side's table from then on. Keys that
/// are one 64-bit integer are compared as they are: such rows are never hashed while they wait. All
/// others are compared by hash. Each question reads all keys; `worth_asking` says when it is
/// cheaper to store all rows. Owned by its join; nothing waits across a barrier.
class waiting_rows {
 public:
  /// The most keys of one question, and of all questions to a waiting row.
  static constexpr std::uint32_t most_keys = 32;

  /// The keys that rows of the other side have, without order. `values` only where keys are one
  /// 64-bit integer.
  struct question {
    std::vector<std::uint64_t> hashes;
    std::vector<std::int64_t> values;
  };

  waiting_rows() = default;
  waiting_rows(const waiting_rows&) = delete;
  waiting_rows& operator=(const waiting_rows&) = delete;
  ~waiting_rows() { release(); }

  /// `most_bytes` of batches may wait, all reserved in the budget. `key` is the key's column where
  /// it is one 64-bit integer, of the same type on both sides.
  void open(memory_budget& budget, std::int64_t most_bytes, std::optional<std::uint32_t> key);
  /// True if the batch can wait without hashes.
  [[nodiscard]] bool compares_values(const data::record_batch& batch) const;
  /// Adds a batch with one hash per stored row, or none where `compares_values`. False, and nothing
  /// was added, when there is no room.
  [[nodiscard]] bool add(const data::record_batch& batch, data::buffer_ref hashes);
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] bool worth_asking(std::size_t keys) const {
    return keys <= most_keys && asked_ + keys <= most_keys;
  }
  /// Takes out the rows with one of these keys, in the order they came; those with an equal hash,
  /// or with NULL above an equal value, come along.
  [[nodiscard]] std::vector<data::batch_ptr> take(const question& asked);
  [[nodiscard]] std::vector<data::batch_ptr> take_all();

 private:
  struct entry {
    packed_batch rows;
    data::buffer_ref hashes;  // null: by value
  };
  void release();
  void pack_older();
  [[nodiscard]] data::batch_ptr split(entry& from, const question& asked) const;
  [[nodiscard]] data::batch_ptr split_at(entry& from, std::span<const std::uint8_t> hits) const;

  std::vector<entry> entries_;
  std::optional<std::uint32_t> key_;
  memory_budget* budget_ = nullptr;
  std::int64_t most_bytes_ = 0;
  std::int64_t bytes_ = 0;
  std::size_t asked_ = 0;  // keys that the oldest entry was asked for
};

}  // namespace millrace::operators
