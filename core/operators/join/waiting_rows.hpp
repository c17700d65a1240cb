#pragma once

#include "core/base/memory_budget.hpp"
#include "core/data/record_batch.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::operators {

/// Rows of a join input that no row of the other side has asked for yet: batches as they came, by
/// reference, in neither table nor index. Most rows of a side that only a rare partner meets (the
/// best bid of a window) never need more.
///
/// A row leaves when a key hash of it is asked for, and is kept in the side's table from then on.
/// Each question reads all hashes; `worth_asking` says when it is cheaper to store all rows. Owned
/// by its join; nothing waits across a barrier.
class waiting_rows {
 public:
  /// The most hashes of one question, and of all questions to a waiting row.
  static constexpr std::uint32_t most_hashes = 32;

  struct entry {
    data::batch_ptr batch;
    data::buffer_ref hashes;  ///< of its keys, one per stored row
  };

  waiting_rows() = default;
  waiting_rows(const waiting_rows&) = delete;
  waiting_rows& operator=(const waiting_rows&) = delete;
  ~waiting_rows() { release(); }

  /// `most_bytes` of batches may wait, all reserved in the budget.
  void open(memory_budget& budget, std::int64_t most_bytes);
  /// False, and nothing was added, when there is no room.
  [[nodiscard]] bool add(entry rows);
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] bool worth_asking(std::uint32_t hashes) const {
    return hashes <= most_hashes && asked_ + hashes <= most_hashes;
  }
  /// Takes out the rows with one of these hashes, in the order they came.
  [[nodiscard]] std::vector<entry> take(std::span<const std::uint64_t> hashes);
  [[nodiscard]] std::vector<entry> take_all();

 private:
  void release();
  [[nodiscard]] static bool split(entry& from, std::span<const std::uint64_t> hashes, entry& taken);

  std::vector<entry> entries_;
  memory_budget* budget_ = nullptr;
  std::int64_t most_bytes_ = 0;
  std::int64_t bytes_ = 0;
  std::uint32_t asked_ = 0;  // hashes that the oldest entry was asked for
};

}  // namespace millrace::operators
