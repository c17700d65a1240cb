#pragma once

#include "core/data/column_builder.hpp"
#include "core/tables/row_codec.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// Collects encoded rows with their change kinds and turns them into one batch. Owned by an
/// operator, used for one batch at a time.
class row_output {
 public:
  /// The bytes must live until `finish`.
  void add(data::change_kind kind, std::string_view row) {
    rows_.push_back(row);
    kinds_.push_back(kind);
  }
  /// Copies the bytes, which are about to change.
  void add_copy(data::change_kind kind, std::string_view row) {
    add(kind, copies_.emplace_back(row));
  }
  /// The rows so far; empty batches are for the outbox to drop.
  [[nodiscard]] data::batch_ptr finish(const tables::row_codec& codec);

 private:
  std::vector<std::string_view> rows_;
  std::vector<data::change_kind> kinds_;
  std::deque<std::string> copies_;
};

}  // namespace millrace::operators
