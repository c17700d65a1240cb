#pragma once

#include "core/operators/operator.hpp"

#include <cstdint>
#include <deque>

namespace millrace::operators {

/// Batches that an operator has made and its output had no room for yet. Owned by the operator,
/// always empty between its calls (it returns `more_output` until then), so it is never state.
class outbox {
 public:
  /// Takes a batch; nothing for an empty one.
  void put(data::batch_ptr batch) {
    if (batch->row_count() != 0) waiting_.push_back(std::move(batch));
  }
  /// Takes a batch in parts of at most `rows` live rows.
  void put_split(const data::batch_ptr& batch, std::uint32_t rows);
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  /// Emits until nothing is left (`need_input`) or the output is full (`more_output`).
  [[nodiscard]] result<progress> drain(output& out);

 private:
  std::deque<data::batch_ptr> waiting_;
};

}  // namespace millrace::operators
